// The registered cost engines. To add one: a line in engines.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inlay/cost/engine.hpp"

namespace inlay::cost {

/// Names of all engines, without the files that some of them read.
std::vector<std::string> engine_names();
/// An engine by its name, or by name and file as in "table:costs.csv" (docs/formats-costs.md). Throws
/// base::InputError with the nearest spelling for an unknown name, and for what is wrong in the file. An
/// engine that tunes free sizes does so for `tuning`.
std::unique_ptr<CostEngine> make_engine(const std::string& text, Tuning tuning = Tuning::kEdp);

}  // namespace inlay::cost
