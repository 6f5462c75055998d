#pragma once

#include <memory>
#include <string>

#include "inlay/cost/engine.hpp"
#include "inlay/cost/table/file.hpp"

namespace inlay::cost::table {

/// Costs read from files (docs/formats-costs.md). `files` is what stands after "table:" on the command line:
/// [CHIPLET=]FILE, several of them with commas between. Throws base::InputError.
std::unique_ptr<CostEngine> make_engine(const std::string& files);

/// The same from files that have been read; `hash` names their content in outputs.
std::unique_ptr<CostEngine> make_engine(std::vector<TableFile> files, const std::string& hash);

}  // namespace inlay::cost::table
