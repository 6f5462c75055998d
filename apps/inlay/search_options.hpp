#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "command.hpp"
#include "inlay/cost/default_engine.hpp"
#include "inlay/search/search.hpp"
#include "inlay/solve/problem_setup.hpp"

namespace inlay::app {

/// The options that every command which searches has.
struct SearchOptions {
  std::string objective = "edp";
  std::string engine = cost::kDefaultEngine;
  std::string communication = "contended";
  bool steady_state = false;
  std::string overlap;
  std::string submeshes;
  std::string energy;
  std::string time_limit;
  std::string gap;
  std::string splits;
  std::vector<std::string> assignments;
  std::vector<std::string> settings;
  std::int64_t seed = 1;
  std::int64_t threads = 0;
  bool no_cache = false;
  schedule::ConstraintRequest constraints;
};

void declare(Command& command, SearchOptions& options);

/// Both throw base::InputError naming the option.
solve::ProblemRequest problem_request(const SearchOptions& options, const std::string& scenario,
                                      const std::string& package,
                                      const std::vector<std::string>& strategies = {});
/// Also catches Ctrl-C from now on, and shows progress on a terminal. `strategies` are those that will
/// search.
search::Options search_options(const SearchOptions& options, const std::vector<std::string>& strategies);

}  // namespace inlay::app
