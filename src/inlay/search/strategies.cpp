// The registered strategies: each is a space of schedules that `search_space` searches to the end.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "inlay/base/error.hpp"
#include "inlay/search/path_trie.hpp"
#include "inlay/search/space_search.hpp"

namespace inlay::search {
namespace {

/// All paths of a 4x4 mesh are 28,512; those of a 6x6 mesh could not even be listed.
constexpr std::int64_t kMostPaths = 50'000;

/// How long paths may be, and how to say so.
struct Paths {
  int longest;
  std::string words;
};

Paths paths_of(const schedule::Problem& problem) {
  const int longest = affordable_length(problem.package, kMostPaths);
  if (longest == static_cast<int>(problem.package.chiplets.size())) {
    return {longest, "paths of neighbouring chiplets"};
  }
  return {longest, fmt::format("paths of at most {} neighbouring chiplets", longest)};
}

Space exact_space(const schedule::Problem& problem, const Options& options) {
  const Paths paths = paths_of(problem);
  return {fmt::format(
              "first-fit windows of all models together and of one model after the other, 0 to {} splits; "
              "contiguous segments on {}; any mini-batch ceil(b/i)",
              options.most_splits, paths.words),
          window_family(problem, options.most_splits), paths.longest};
}

Space standalone_space(const schedule::Problem& problem, const Options&) {
  return {"standalone: one window, each model whole on a chiplet of its own; any mini-batch ceil(b/i)",
          {first_fit(problem, 0)},
          1};
}

Space sequential_space(const schedule::Problem& problem, const Options&) {
  const Paths paths = paths_of(problem);
  return {
      fmt::format("sequential: a window per model in the scenario's order, contiguous segments on {}; any "
                  "mini-batch ceil(b/i)",
                  paths.words),
      {one_after_the_other(problem, 0)},
      paths.longest};
}

struct Strategy {
  const char* name;
  Space (*space)(const schedule::Problem&, const Options&);
};

constexpr std::array<Strategy, 3> kStrategies = {{
    {"exact", exact_space},
    {"sequential", sequential_space},
    {"standalone", standalone_space},
}};

}  // namespace

std::vector<std::string> strategy_names() {
  std::vector<std::string> names;
  for (const Strategy& strategy : kStrategies) {
    names.emplace_back(strategy.name);
  }
  return names;
}

Answer solve(const schedule::Problem& problem, Objective objective, const std::string& strategy,
             const Options& options) {
  for (const Strategy& known : kStrategies) {
    if (strategy == known.name) {
      Answer answer = search_space(problem, objective, known.space(problem, options), options);
      answer.certificate.strategy = strategy;
      return answer;
    }
  }
  throw base::InputError(
      fmt::format("'{}' is no strategy; {}", strategy, base::allowed_values(strategy, strategy_names())));
}

}  // namespace inlay::search
