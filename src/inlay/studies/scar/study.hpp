#pragma once

#include "inlay/base/yaml.hpp"
#include "inlay/studies/study.hpp"

namespace inlay::studies::scar {

/// SCAR (arXiv 2405.00790): its tables, the 6x6 experiment, ablations and the small example
/// (docs/studies/scar.md). Throws base::InputError for what is wrong in its files, base::InfeasibleError if
/// it was interrupted.
StudyAnswer run(const StudyOptions& options);

/// What `inlay check` says of a plan.
std::string summary(const base::YamlNode& root);

}  // namespace inlay::studies::scar
