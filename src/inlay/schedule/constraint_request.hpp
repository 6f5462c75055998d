#pragma once

#include <string>
#include <vector>

#include "inlay/schedule/problem.hpp"

namespace inlay::schedule {

/// Constraints as a user states them (docs/constraints.md): a YAML file, and texts in short form, as of a
/// command line.
struct ConstraintRequest {
  std::string file;                         // empty: none
  std::vector<std::string> pins;            // MODEL[:LAYER[..LAYER]]=CHIPLET,...
  std::vector<std::string> bans;            // [MODEL=]CHIPLET,...
  std::vector<std::string> mini_batches;    // MODEL=SIZE
  std::vector<std::string> caps;            // MODEL=CHIPLETS
  std::vector<std::string> latency_limits;  // MODEL=TIME
  std::vector<std::string> dependencies;    // MODEL=MODEL,...: the first waits for the others
  std::vector<std::string> shardings;       // MODEL[:LAYER[..LAYER]]=WAY,...: a WAY is K or ROWS/COLUMNS
};

/// Adds what is requested to the problem's constraints. Throws base::InputError with line and column, or the
/// option, for an unknown key, model, layer or chiplet (nearest spelling) and for a value that is not
/// allowed.
void add_constraints(const ConstraintRequest& request, Problem& problem);

/// Adds that models wait for those whose results they need, as the scenario says; what is demanded already is
/// not added again.
void add_order_of_scenario(Problem& problem);

/// The same as the first of the text of a file.
void add_constraints(const std::string& yaml, const std::string& file, Problem& problem);

}  // namespace inlay::schedule
