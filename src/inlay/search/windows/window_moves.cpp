#include "inlay/search/windows/window_moves.hpp"

#include <algorithm>

namespace inlay::search::windows {
namespace {

class Moves {
 public:
  explicit Moves(const WindowPartition& partition) : from_(partition) {}

  std::vector<WindowPartition> run(int step) {
    const int windows = static_cast<int>(from_.windows.size());
    for (int window = 0; window + 1 < windows; ++window) {
      for (std::size_t model = 0; model < from_.windows.front().size(); ++model) {
        shift(window, model, -step);
        shift(window, model, step);
        shift(window, model, -range(window, model).last);
        shift(window, model, range(window + 1, model).last);
      }
    }
    for (int window = 0; window + 1 < windows; ++window) {
      join(window);
    }
    for (int window = 0; window < windows; ++window) {
      split(window);
    }
    return std::move(all_);
  }

 private:
  const LayerRange& range(int window, std::size_t model) const {
    return from_.windows[static_cast<std::size_t>(window)][model];
  }

  /// Moves the boundary after a window, as far as neither range is less than empty.
  void shift(int window, std::size_t model, int layers) {
    WindowPartition moved = from_;
    LayerRange& before = moved.windows[static_cast<std::size_t>(window)][model];
    LayerRange& after = moved.windows[static_cast<std::size_t>(window) + 1][model];
    before.last = std::clamp(before.last + layers, before.first, after.last);
    after.first = before.last;
    add(std::move(moved));
  }

  void join(int window) {
    WindowPartition joined = from_;
    const auto at = static_cast<std::size_t>(window);
    for (std::size_t model = 0; model < joined.windows[at].size(); ++model) {
      joined.windows[at][model].last = joined.windows[at + 1][model].last;
    }
    joined.windows.erase(joined.windows.begin() + window + 1);
    add(std::move(joined));
  }

  void split(int window) {
    WindowPartition cut = from_;
    const auto at = static_cast<std::size_t>(window);
    std::vector<LayerRange> second = cut.windows[at];
    for (std::size_t model = 0; model < second.size(); ++model) {
      second[model].first = (second[model].first + second[model].last) / 2;
      cut.windows[at][model].last = second[model].first;
    }
    cut.windows.insert(cut.windows.begin() + window + 1, std::move(second));
    add(std::move(cut));
  }

  void add(WindowPartition partition) {
    drop_empty_windows(partition);
    const auto same = [&](const WindowPartition& other) { return other.windows == partition.windows; };
    if (!same(from_) && std::none_of(all_.begin(), all_.end(), same)) {
      all_.push_back(std::move(partition));
    }
  }

  const WindowPartition& from_;
  std::vector<WindowPartition> all_;
};

}  // namespace

WindowPartition partition_of(const schedule::Problem& problem, const schedule::Schedule& schedule) {
  WindowPartition partition{"windows of a schedule", {}};
  std::vector<int> done(problem.scenario.models.size(), 0);
  for (const schedule::Window& window : schedule.windows) {
    std::vector<LayerRange> ranges;
    for (const int layer : done) {
      ranges.push_back({layer, layer});
    }
    for (const schedule::Pipeline& pipeline : window.pipelines) {
      const auto model = static_cast<std::size_t>(pipeline.model);
      ranges[model].last = pipeline.stages.back().last;
      done[model] = ranges[model].last;
    }
    partition.windows.push_back(std::move(ranges));
  }
  return partition;
}

std::vector<WindowPartition> neighbours_of(const WindowPartition& partition, int step) {
  return Moves(partition).run(step);
}

}  // namespace inlay::search::windows
