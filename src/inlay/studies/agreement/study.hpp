#pragma once

#include "inlay/base/yaml.hpp"
#include "inlay/studies/study.hpp"

namespace inlay::studies::agreement {

/// The latencies that Inlay reports beside replays of the same schedules (docs/studies/agreement.md). Throws
/// base::InputError for what is wrong in its file, base::InfeasibleError if it was interrupted.
StudyAnswer run(const StudyOptions& options);

/// What `inlay check` says of a plan.
std::string summary(const base::YamlNode& root);

}  // namespace inlay::studies::agreement
