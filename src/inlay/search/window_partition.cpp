#include "inlay/search/window_partition.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/search/expected_cost.hpp"

namespace inlay::search {
namespace {

std::vector<double> expected_latencies(const schedule::Problem& problem, std::size_t model) {
  std::vector<double> expected;
  for (std::size_t layer = 0; layer < problem.scenario.models[model].model.layers.size(); ++layer) {
    expected.push_back(expected_cost(problem, model, static_cast<int>(layer)).latency);
  }
  return expected;
}

double sum(const std::vector<double>& values) {
  double total = 0.0;
  for (const double value : values) {
    total += value;
  }
  return total;
}

/// The range of each of splits + 1 windows.
std::vector<LayerRange> pack(const std::vector<double>& expected, double span, int splits) {
  std::vector<LayerRange> ranges(static_cast<std::size_t>(splits) + 1);
  std::size_t window = 0;
  double used = 0.0;
  int layer = 0;
  const auto close_window = [&] {
    ranges[window].last = layer;
    ++window;
    ranges[window].first = layer;
    used = 0.0;
  };
  // The sum of a model that fills its windows exactly must not cross a boundary by rounding.
  const double tolerance = 1e-12 * span;
  for (; layer < static_cast<int>(expected.size()); ++layer) {
    const double latency = expected[static_cast<std::size_t>(layer)];
    const bool crosses = used + latency > span + tolerance;
    if (window + 1 < ranges.size() && crosses && layer > ranges[window].first) {
      close_window();
    }
    used += latency;
    // A layer longer than a span has its window to itself.
    if (window + 1 < ranges.size() && used > span + tolerance) {
      ++layer;
      close_window();
      --layer;
    }
  }
  ranges[window].last = layer;
  for (std::size_t rest = window + 1; rest < ranges.size(); ++rest) {
    ranges[rest] = {layer, layer};
  }
  return ranges;
}

void drop_empty_windows(WindowPartition& partition) {
  std::erase_if(partition.windows, [](const std::vector<LayerRange>& window) {
    return std::all_of(window.begin(), window.end(), [](const LayerRange& range) { return range.empty(); });
  });
}

}  // namespace

WindowPartition first_fit(const schedule::Problem& problem, int splits) {
  const std::size_t models = problem.scenario.models.size();
  std::vector<std::vector<double>> expected;
  double horizon = 0.0;
  for (std::size_t model = 0; model < models; ++model) {
    expected.push_back(expected_latencies(problem, model));
    horizon = std::max(horizon, sum(expected.back()));
  }
  WindowPartition partition{fmt::format("first-fit with {} split{}", splits, splits == 1 ? "" : "s"), {}};
  partition.windows.assign(static_cast<std::size_t>(splits) + 1, std::vector<LayerRange>(models));
  for (std::size_t model = 0; model < models; ++model) {
    const double span = horizon / (splits + 1);
    partition.overruns += static_cast<int>(std::count_if(expected[model].begin(), expected[model].end(),
                                                         [span](double latency) { return latency > span; }));
    const std::vector<LayerRange> ranges = pack(expected[model], span, splits);
    for (std::size_t window = 0; window < ranges.size(); ++window) {
      partition.windows[window][model] = ranges[window];
    }
  }
  drop_empty_windows(partition);
  return partition;
}

WindowPartition uniform(const schedule::Problem& problem, int splits) {
  const std::size_t models = problem.scenario.models.size();
  WindowPartition partition{fmt::format("uniform with {} split{}", splits, splits == 1 ? "" : "s"), {}};
  partition.windows.assign(static_cast<std::size_t>(splits) + 1, std::vector<LayerRange>(models));
  for (std::size_t model = 0; model < models; ++model) {
    const int layers = static_cast<int>(problem.scenario.models[model].model.layers.size());
    for (int window = 0; window <= splits; ++window) {
      partition.windows[static_cast<std::size_t>(window)][model] = {layers * window / (splits + 1),
                                                                    layers * (window + 1) / (splits + 1)};
    }
  }
  drop_empty_windows(partition);
  return partition;
}

WindowPartition one_after_the_other(const schedule::Problem& problem, int splits) {
  const std::size_t models = problem.scenario.models.size();
  WindowPartition partition{
      fmt::format("one model after the other, {} split{} each", splits, splits == 1 ? "" : "s"), {}};
  for (std::size_t model = 0; model < models; ++model) {
    const std::vector<double> expected = expected_latencies(problem, model);
    for (const LayerRange& range : pack(expected, sum(expected) / (splits + 1), splits)) {
      std::vector<LayerRange> window(models);
      for (std::size_t other = 0; other < models; ++other) {
        const int at =
            other < model ? static_cast<int>(problem.scenario.models[other].model.layers.size()) : 0;
        window[other] = other == model ? range : LayerRange{at, at};
      }
      partition.windows.push_back(std::move(window));
    }
  }
  drop_empty_windows(partition);
  return partition;
}

std::vector<WindowPartition> window_family(const schedule::Problem& problem, int most_splits) {
  std::vector<WindowPartition> family;
  const auto add = [&](WindowPartition partition) {
    const bool known = std::any_of(family.begin(), family.end(), [&](const WindowPartition& other) {
      return other.windows == partition.windows;
    });
    if (!known) {
      family.push_back(std::move(partition));
    }
  };
  for (int splits = 0; splits <= most_splits; ++splits) {
    add(first_fit(problem, splits));
    add(one_after_the_other(problem, splits));
  }
  return family;
}

}  // namespace inlay::search
