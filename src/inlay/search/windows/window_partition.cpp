#include "inlay/search/windows/window_partition.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/search/windows/expected_cost.hpp"
#include "inlay/search/windows/model_order.hpp"

namespace inlay::search::windows {
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

/// The window after the last one of all models that the model waits for.
int first_window(const schedule::Problem& problem, const WindowPartition& partition, int model) {
  int first = 0;
  for (const int other : predecessors(problem, model)) {
    for (int window = 0; window < static_cast<int>(partition.windows.size()); ++window) {
      if (!partition.windows[static_cast<std::size_t>(window)][static_cast<std::size_t>(other)].empty()) {
        first = std::max(first, window + 1);
      }
    }
  }
  return first;
}

/// Puts a model's ranges into the windows from `first` on; before and after there are none of its layers.
void place_ranges(const std::vector<LayerRange>& ranges, int first, std::size_t model,
                  WindowPartition& partition) {
  for (int window = 0; window < static_cast<int>(partition.windows.size()); ++window) {
    const int at = window - first;
    LayerRange& range = partition.windows[static_cast<std::size_t>(window)][model];
    if (at < 0) {
      range = {0, 0};
    } else if (at < static_cast<int>(ranges.size())) {
      range = ranges[static_cast<std::size_t>(at)];
    } else {
      range = {ranges.back().last, ranges.back().last};
    }
  }
}
}  // namespace

void drop_empty_windows(WindowPartition& partition) {
  std::erase_if(partition.windows, [](const std::vector<LayerRange>& window) {
    return std::all_of(window.begin(), window.end(), [](const LayerRange& range) { return range.empty(); });
  });
}

WindowPartition first_fit(const schedule::Problem& problem, int splits) {
  const std::size_t models = problem.scenario.models.size();
  const std::vector<OrderDepth> depths = order_depths(problem);
  const std::vector<int> order = dependency_order(problem);
  std::vector<std::vector<double>> expected(models);
  std::vector<double> row(models, 0.0);  // expected latency of the longest row that ends with the model
  double horizon = 0.0;
  int windows = splits + 1;
  for (const int index : order) {
    const auto model = static_cast<std::size_t>(index);
    expected[model] = expected_latencies(problem, model);
    for (const int other : predecessors(problem, index)) {
      row[model] = std::max(row[model], row[static_cast<std::size_t>(other)]);
    }
    row[model] += sum(expected[model]);
    horizon = std::max(horizon, row[model]);
    windows = std::max(windows, depths[model].before + 1);
  }
  WindowPartition partition{fmt::format("first-fit with {} split{}", splits, splits == 1 ? "" : "s"), {}};
  partition.windows.assign(static_cast<std::size_t>(windows), std::vector<LayerRange>(models));
  const double span = horizon / (splits + 1);
  for (const int index : order) {
    const auto model = static_cast<std::size_t>(index);
    partition.overruns += static_cast<int>(std::count_if(expected[model].begin(), expected[model].end(),
                                                         [span](double latency) { return latency > span; }));
    const int first = first_window(problem, partition, index);
    const int last = windows - 1 - depths[model].after;
    const std::vector<LayerRange> ranges = pack(expected[model], span, last - first);
    place_ranges(ranges, first, model, partition);
  }
  drop_empty_windows(partition);
  return partition;
}

WindowPartition uniform(const schedule::Problem& problem, int splits) {
  const std::size_t models = problem.scenario.models.size();
  const std::vector<OrderDepth> depths = order_depths(problem);
  int windows = splits + 1;
  for (const OrderDepth& depth : depths) {
    windows = std::max(windows, depth.before + 1);
  }
  WindowPartition partition{fmt::format("uniform with {} split{}", splits, splits == 1 ? "" : "s"), {}};
  partition.windows.assign(static_cast<std::size_t>(windows), std::vector<LayerRange>(models));
  for (std::size_t model = 0; model < models; ++model) {
    const int layers = static_cast<int>(problem.scenario.models[model].model.layers.size());
    const int row = depths[model].before + 1 + depths[model].after;
    const int first = windows * depths[model].before / row;
    const int count = windows * (depths[model].before + 1) / row - first;
    std::vector<LayerRange> ranges;
    for (int window = 0; window < count; ++window) {
      ranges.push_back({layers * window / count, layers * (window + 1) / count});
    }
    place_ranges(ranges, first, model, partition);
  }
  drop_empty_windows(partition);
  return partition;
}

WindowPartition one_after_the_other(const schedule::Problem& problem, int splits) {
  const std::size_t models = problem.scenario.models.size();
  WindowPartition partition{
      fmt::format("one model after the other, {} split{} each", splits, splits == 1 ? "" : "s"), {}};
  std::vector<LayerRange> done(models);  // empty ranges at what has run so far
  for (const int index : dependency_order(problem)) {
    const auto model = static_cast<std::size_t>(index);
    const std::vector<double> expected = expected_latencies(problem, model);
    for (const LayerRange& range : pack(expected, sum(expected) / (splits + 1), splits)) {
      partition.windows.push_back(done);
      partition.windows.back()[model] = range;
    }
    const int layers = static_cast<int>(expected.size());
    done[model] = {layers, layers};
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

}  // namespace inlay::search::windows
