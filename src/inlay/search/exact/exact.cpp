#include "inlay/search/exact/exact.hpp"

#include <fmt/format.h>

#include <string>

#include "inlay/base/error.hpp"
#include "inlay/search/exact/window_search.hpp"
#include "inlay/search/pipelines/submesh_trie.hpp"

namespace inlay::search::exact {
namespace {

/// How long paths may be, and how to say so.
struct Paths {
  int longest;
  std::string words;
};

Paths paths_of(const schedule::Problem& problem) {
  const int longest = pipelines::affordable_stages(problem);
  const bool all = longest == static_cast<int>(problem.package.chiplets.size());
  const std::string paths = all ? "paths of" : fmt::format("paths of at most {}", longest);
  switch (problem.submeshes) {
    case schedule::SubmeshFamily::kSingle:
      return {longest, paths + " neighbouring chiplets"};
    case schedule::SubmeshFamily::kTiles:
      return {longest,
              fmt::format("{} neighbouring tiles of up to {} chiplets, all stages of a model in a window of "
                          "one shape, each layer divided by the plan of its stage",
                          paths, problem.most_members)};
    case schedule::SubmeshFamily::kUniform:
      return {longest,
              fmt::format(
                  "{} neighbouring submeshes of up to {} chiplets, all stages of a model in a window of one "
                  "shape, each layer divided by the plan of its stage",
                  paths, problem.most_members)};
    case schedule::SubmeshFamily::kRectangles:
      break;
  }
  return {longest,
          fmt::format("{} neighbouring submeshes of up to {} chiplets, any rectangles, each layer divided "
                      "by the plan of its stage",
                      paths, problem.most_members)};
}

}  // namespace

Space space(const schedule::Problem& problem, const Options& options) {
  const Paths paths = paths_of(problem);
  const int splits = static_cast<int>(options.settings.integer("exact.splits"));
  return {fmt::format(
              "first-fit windows of all models together and of one model after the other, 0 to {} splits; "
              "contiguous segments on {}; any mini-batch ceil(b/i)",
              splits, paths.words),
          windows::window_family(problem, splits), paths.longest};
}

Answer solve(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  const Space family = space(problem, options);
  const std::string& windows = options.settings.word("exact.windows");
  if (problem.repeated && windows != "first-fit") {
    throw base::InputError("exact.windows: only 'first-fit' is searched in steady state, not '" + windows +
                           "'");
  }
  return windows == "blocks" ? search_block_windows(problem, objective, family, options)
         : windows == "free" ? search_free_windows(problem, objective, family, options)
                             : search_space(problem, objective, family, options);
}

Space standalone_space(const schedule::Problem& problem, const Options&) {
  const bool at_once = problem.constraints.dependencies.empty();
  return {fmt::format(
              "standalone: {}, each model whole on {} of its own; any mini-batch ceil(b/i)",
              at_once ? "one window" : "as few windows as models that wait for others need",
              problem.submeshes == schedule::SubmeshFamily::kSingle ? "a chiplet" : "a chiplet or submesh"),
          {windows::first_fit(problem, 0)},
          1};
}

Answer solve_standalone(const schedule::Problem& problem, const Objective& objective,
                        const Options& options) {
  return search_space(problem, objective, standalone_space(problem, options), options);
}

Space sequential_space(const schedule::Problem& problem, const Options&) {
  const Paths paths = paths_of(problem);
  return {
      fmt::format("sequential: a window per model in the scenario's order, contiguous segments on {}; any "
                  "mini-batch ceil(b/i)",
                  paths.words),
      {windows::one_after_the_other(problem, 0)},
      paths.longest};
}

Answer solve_sequential(const schedule::Problem& problem, const Objective& objective,
                        const Options& options) {
  return search_space(problem, objective, sequential_space(problem, options), options);
}

std::vector<OptionRecord> option_records() {
  return {
      {"exact.splits",
       "most boundaries between windows: families of 0 to this many are searched together",
       OptionRecord::Kind::kInteger,
       "4",
       0,
       16,
       {}},
      {"exact.windows",
       "first-fit: those families alone; blocks: also every cut into two windows between blocks of the "
       "models; free: also boundaries moved layer by layer around the best, with the bound of all schedules",
       OptionRecord::Kind::kWord,
       "first-fit",
       0,
       0,
       {"first-fit", "blocks", "free"}}};
}

}  // namespace inlay::search::exact
