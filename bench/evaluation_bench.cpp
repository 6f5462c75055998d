// How many pipelines and whole schedules are costed per second under `paper`, on one core, and how that grows
// with the number of models, layers and chiplets. The counter `allocations` is per evaluation.
#include <benchmark/benchmark.h>

#include "inlay/base/random.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/search/pipelines/cut_choice.hpp"
#include "inlay/search/pipelines/path_trie.hpp"
#include "inlay/search/scar/segmentation.hpp"
#include "inlay/workload/model_file.hpp"
#include "problems.hpp"
#include "support/counted_allocations.hpp"

namespace {

using namespace inlay;

schedule::Problem problem_of(const std::string& scenario, const std::string& package) {
  return bench::problem_of(scenario, package, schedule::Communication::kPaper, 1);
}

/// A row-by-row walk to and fro over the mesh: neighbours all along.
std::vector<int> snake(const hardware::Package& package) {
  std::vector<int> path(package.chiplets.size());
  int side = 1;
  while (side * side < static_cast<int>(path.size())) {
    ++side;
  }
  for (int i = 0; i < static_cast<int>(path.size()); ++i) {
    const int row = i / side;
    path[static_cast<std::size_t>(i)] = row % 2 == 0 ? i : row * side + side - 1 - i % side;
  }
  return path;
}

/// Layers [first, last) of a model in `stages` stages of about equal length on chiplets of the walk from
/// `at`.
schedule::Pipeline pipeline_of(const schedule::Problem& problem, int model, int first, int last, int stages,
                               const std::vector<int>& path, int at, base::Random& random) {
  schedule::Pipeline pipeline;
  pipeline.model = model;
  const std::vector<std::int64_t>& sizes = problem.costs.models[static_cast<std::size_t>(model)].mini_batches;
  pipeline.mini_batch =
      sizes[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(sizes.size()) - 1))];
  const int layers = last - first;
  int begin = first;
  for (int s = 0; s < stages; ++s) {
    const int middle = first + layers * (s + 1) / stages;
    const int end =
        s + 1 == stages ? last : std::max(begin + 1, middle - static_cast<int>(random.between(0, 2)));
    pipeline.stages.push_back({begin, end, path[static_cast<std::size_t>(at + s)]});
    begin = end;
  }
  return pipeline;
}

void time_schedules(benchmark::State& state, const schedule::Problem& problem,
                    const std::vector<schedule::Schedule>& schedules, double pipelines) {
  evaluate::FastEvaluator evaluator(problem);
  for (const schedule::Schedule& schedule : schedules) {
    evaluator.evaluate(schedule);  // the tables
  }
  const long before = testing::allocations;
  std::int64_t evaluated = 0;
  for (auto _ : state) {
    for (const schedule::Schedule& schedule : schedules) {
      benchmark::DoNotOptimize(evaluator.evaluate(schedule));
    }
    evaluated += static_cast<std::int64_t>(schedules.size());
  }
  state.counters["allocations"] =
      static_cast<double>(testing::allocations - before) / static_cast<double>(evaluated);
  state.counters["pipelines"] =
      benchmark::Counter(static_cast<double>(evaluated) * pipelines, benchmark::Counter::kIsRate);
  state.counters["schedule"] = benchmark::Counter(static_cast<double>(evaluated),
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// Target: at least 5 million pipelines of 5 to 9 stages per second and core.
void one_pipeline(benchmark::State& state) {
  const schedule::Problem problem = problem_of("gpt2-large", "het-sides-3x3");
  const std::vector<int> path = snake(problem.package);
  const int layers = static_cast<int>(problem.scenario.models[0].model.layers.size());
  base::Random random(3);
  std::vector<schedule::Schedule> schedules;
  for (int i = 0; i < 64; ++i) {
    schedules.push_back(
        {{{{pipeline_of(problem, 0, 0, layers, static_cast<int>(state.range(0)), path, 0, random)}}}});
  }
  time_schedules(state, problem, schedules, 1.0);
}
BENCHMARK(one_pipeline)->ArgName("stages")->Arg(5)->Arg(7)->Arg(9);

/// Scenario 5 on 6x6, six models of six stages each in as many windows as make the pipelines. Target: 30
/// pipelines in less than 5 us.
void whole_schedule(benchmark::State& state) {
  const schedule::Problem problem = problem_of("scar-5", "het-sides-6x6");
  const std::vector<int> path = snake(problem.package);
  const int windows = static_cast<int>(state.range(0)) / 6;
  base::Random random(4);
  std::vector<schedule::Schedule> schedules(16);
  for (schedule::Schedule& schedule : schedules) {
    for (int w = 0; w < windows; ++w) {
      schedule::Window window;
      for (int m = 0; m < 6; ++m) {
        const int layers =
            static_cast<int>(problem.scenario.models[static_cast<std::size_t>(m)].model.layers.size());
        const int first = layers * w / windows;
        const int last = layers * (w + 1) / windows;
        window.pipelines.push_back(
            pipeline_of(problem, m, first, last, std::min(6, last - first), path, 6 * m, random));
      }
      schedule.windows.push_back(std::move(window));
    }
  }
  time_schedules(state, problem, schedules, static_cast<double>(state.range(0)));
}
BENCHMARK(whole_schedule)->ArgName("pipelines")->Arg(6)->Arg(12)->Arg(18)->Arg(30);

/// The loop of `scar`: all segmentations of a model's part of a window, each scored as a whole pipeline on
/// average chiplets.
void segmentations(benchmark::State& state) {
  const schedule::Problem problem = problem_of("resnet-50", "het-sides-3x3");
  const int layers = static_cast<int>(problem.scenario.models[0].model.layers.size());
  const search::pipelines::PathTrie trie = search::pipelines::path_trie(problem.package, 3, {});
  const std::vector<double> shares(trie.places.size(), 1.0 / static_cast<double>(trie.places.size()));
  search::scar::ModelPart part;
  part.range = {0, layers};
  part.most = static_cast<int>(state.range(0));
  part.cuts = search::pipelines::all_cuts({0, layers});
  const search::scar::SegmentationQuestion question{problem, search::Objective::kEdp, trie, shares, part, 0,
                                                    16};
  const search::StopClock clock({});
  std::int64_t scored = 0;
  for (auto _ : state) {
    scored += search::scar::score_segmentations(question, clock).evaluations;
  }
  state.counters["scored"] = benchmark::Counter(static_cast<double>(scored), benchmark::Counter::kIsRate);
}
BENCHMARK(segmentations)->ArgName("stages")->Arg(3)->Arg(4)->Arg(5)->Unit(benchmark::kMillisecond);

}  // namespace
