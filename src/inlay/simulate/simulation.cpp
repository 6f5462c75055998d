#include "inlay/simulate/simulation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <span>
#include <tuple>

#include "inlay/base/error.hpp"

namespace inlay::simulate {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
/// Rates that differ by less are the same: what is left of a flow is not worked out anew.
constexpr double kSameRate = 1e-12;

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

enum class State : std::uint8_t { kWaiting, kDelayed, kPaused, kMoving, kDone };

/// A flow of an activity that has begun.
struct RunningFlow {
  const Route* route = nullptr;
  double left = 0.0;    // bytes at `since`
  double since = 0.0;   // s
  double rate = 0.0;    // B/s; 0 while suspended
  double end = kNever;  // s
};

class Simulator {
 public:
  Simulator(const ActivityGraph& graph, const std::vector<double>& capacities, Sharing sharing)
      : graph_(graph),
        sharing_(sharing),
        fair_(capacities),
        state_(graph.activities().size(), State::kWaiting),
        pending_(graph.activities().size(), 0),
        flows_(graph.activities().size()),
        queued_(at(graph.movers())),
        chosen_(at(graph.movers()), -1),
        hurried_(graph.activities().size(), -1) {
    result_.spans.resize(graph.activities().size());
    result_.carried.resize(capacities.size(), 0.0);
    index_successors();
    for (const Activity& activity : graph.activities()) {
      if (activity.urgent_after >= 0) {
        hurried_[at(activity.urgent_after)] = activity.mover;
      }
    }
  }

  SimulationResult run() {
    for (int i = 0; i < static_cast<int>(state_.size()); ++i) {
      if (pending_[at(i)] == 0) {
        ready_.push_back(i);
      }
    }
    for (settle(); advance(); settle()) {
    }
    result_.end = now_;
    if (done_ < state_.size()) {
      result_.cycle = cycle_of_waits();
    }
    return std::move(result_);
  }

 private:
  const Activity& activity(int index) const { return graph_.activities()[at(index)]; }

  /// Successors in one array, those of an activity side by side.
  void index_successors() {
    first_successor_.assign(state_.size() + 1, 0);
    for (const auto& [before, after] : graph_.waits()) {
      ++first_successor_[at(before) + 1];
      ++pending_[at(after)];
    }
    for (std::size_t i = 1; i < first_successor_.size(); ++i) {
      first_successor_[i] += first_successor_[i - 1];
    }
    successors_.resize(graph_.waits().size());
    std::vector<std::size_t> next(first_successor_.begin(), first_successor_.end() - 1);
    for (const auto& [before, after] : graph_.waits()) {
      successors_[next[at(before)]++] = after;
    }
  }

  /// Begins everything that waits for nothing any more, and what ends at once.
  void settle() {
    while (!ready_.empty() || !released_.empty()) {
      std::vector<int> movers;
      movers.swap(released_);
      for (const int mover : movers) {
        choose(mover);
      }
      std::vector<int> begins;
      begins.swap(ready_);
      std::sort(begins.begin(), begins.end());
      for (const int index : begins) {
        if (activity(index).mover >= 0) {
          queued_[at(activity(index).mover)].push_back(index);
          choose(activity(index).mover);
        } else {
          begin(index);
        }
      }
    }
  }

  /// Lets the activity with the highest claim on a mover go on.
  void choose(int mover) {
    const auto claim = [this](int index) {
      const Activity& one = activity(index);
      const bool urgent = one.urgent_after >= 0 && state_[at(one.urgent_after)] == State::kDone;
      return std::make_tuple(!urgent, one.rank, index);
    };
    const std::vector<int>& queue = queued_[at(mover)];
    const auto best =
        std::min_element(queue.begin(), queue.end(), [&](int a, int b) { return claim(a) < claim(b); });
    const int next = best == queue.end() ? -1 : *best;
    int& chosen = chosen_[at(mover)];
    if (next == chosen) {
      return;
    }
    if (chosen >= 0 && state_[at(chosen)] == State::kMoving) {
      suspend(chosen);
    }
    chosen = next;
    if (next >= 0 && state_[at(next)] == State::kWaiting) {
      begin(next);
    } else if (next >= 0 && state_[at(next)] == State::kPaused) {
      move(next);
    }
  }

  void begin(int index) {
    const Activity& one = activity(index);
    result_.spans[at(index)].begin = now_;
    if (one.transfer >= 0) {
      for (const Flow& flow : graph_.transfers()[at(one.transfer)].flows) {
        flows_[at(index)].push_back({&flow.route, flow.bytes * one.scale, now_, 0.0, kNever});
        for (const int resource : flow.route) {
          result_.carried[at(resource)] += flow.bytes * one.scale;
        }
      }
    }
    if (one.seconds > 0.0) {
      state_[at(index)] = State::kDelayed;
      timers_.emplace(now_ + one.seconds, index);
    } else {
      after_delay(index);
    }
  }

  void after_delay(int index) {
    const int mover = activity(index).mover;
    if (flows_[at(index)].empty()) {
      finish(index);
    } else if (mover >= 0 && chosen_[at(mover)] != index) {
      state_[at(index)] = State::kPaused;
    } else {
      move(index);
    }
  }

  void move(int index) {
    state_[at(index)] = State::kMoving;
    for (RunningFlow& flow : flows_[at(index)]) {
      flow.since = now_;
    }
    moving_.push_back(index);
    changed_ = true;
  }

  void suspend(int index) {
    state_[at(index)] = State::kPaused;
    for (RunningFlow& flow : flows_[at(index)]) {
      flow.left = std::max(0.0, flow.left - flow.rate * (now_ - flow.since));
      flow.since = now_;
      flow.rate = 0.0;
      flow.end = kNever;
    }
    std::erase(moving_, index);
    changed_ = true;
  }

  void finish(int index) {
    state_[at(index)] = State::kDone;
    result_.spans[at(index)].end = now_;
    ++done_;
    for (std::size_t i = first_successor_[at(index)]; i < first_successor_[at(index) + 1]; ++i) {
      if (--pending_[at(successors_[i])] == 0) {
        ready_.push_back(successors_[i]);
      }
    }
    const int mover = activity(index).mover;
    if (mover >= 0) {
      std::erase(queued_[at(mover)], index);
      chosen_[at(mover)] = chosen_[at(mover)] == index ? -1 : chosen_[at(mover)];
      released_.push_back(mover);
    }
    if (hurried_[at(index)] >= 0) {
      released_.push_back(hurried_[at(index)]);
    }
  }

  /// To the next instant at which something ends. False if there is none.
  bool advance() {
    if (changed_) {
      share_resources();
    }
    double next = timers_.empty() ? kNever : timers_.top().first;
    for (const int index : moving_) {
      for (const RunningFlow& flow : flows_[at(index)]) {
        next = std::min(next, flow.end);
      }
    }
    if (next == kNever) {
      return false;
    }
    now_ = next;
    end_flows();
    while (!timers_.empty() && timers_.top().first <= now_) {
      const int index = timers_.top().second;
      timers_.pop();
      after_delay(index);
    }
    return true;
  }

  void end_flows() {
    std::vector<int> over;
    for (const int index : moving_) {
      const std::size_t erased =
          std::erase_if(flows_[at(index)], [this](const RunningFlow& flow) { return flow.end <= now_; });
      changed_ = changed_ || erased > 0;
      if (flows_[at(index)].empty()) {
        over.push_back(index);
      }
    }
    std::sort(over.begin(), over.end());
    for (const int index : over) {
      std::erase(moving_, index);
      finish(index);
    }
  }

  void share_resources() {
    changed_ = false;
    ++result_.rate_changes;
    if (sharing_ == Sharing::kAlone) {
      for (const int index : moving_) {
        share_among({&index, 1});
      }
    } else {
      share_among(moving_);
    }
  }

  void share_among(std::span<const int> activities) {
    routes_.clear();
    running_.clear();
    for (const int index : activities) {
      for (RunningFlow& flow : flows_[at(index)]) {
        routes_.push_back(flow.route);
        running_.push_back(&flow);
      }
    }
    fair_.share(routes_, rates_);
    for (std::size_t i = 0; i < running_.size(); ++i) {
      RunningFlow& flow = *running_[i];
      if (std::abs(rates_[i] - flow.rate) <= kSameRate * rates_[i]) {
        continue;
      }
      flow.left = std::max(0.0, flow.left - flow.rate * (now_ - flow.since));
      flow.since = now_;
      flow.rate = rates_[i];
      flow.end = now_ + flow.left / flow.rate;
    }
  }

  /// From an activity that was never done to one that it waits for, until one comes again.
  std::vector<int> cycle_of_waits() const {
    std::vector<int> waits_for(state_.size(), -1);
    for (const auto& [before, after] : graph_.waits()) {
      if (state_[at(before)] != State::kDone && waits_for[at(after)] < 0) {
        waits_for[at(after)] = before;
      }
    }
    int here = 0;
    while (state_[at(here)] == State::kDone) {
      ++here;
    }
    std::vector<int> path;
    for (; std::find(path.begin(), path.end(), here) == path.end(); here = waits_for[at(here)]) {
      path.push_back(here);
      if (waits_for[at(here)] < 0) {
        throw base::DefectError("the simulation ended with an activity that could have begun");
      }
    }
    path.erase(path.begin(), std::find(path.begin(), path.end(), here));
    return path;
  }

  using Timer = std::pair<double, int>;

  const ActivityGraph& graph_;
  Sharing sharing_;
  FairShare fair_;
  double now_ = 0.0;
  bool changed_ = false;
  std::size_t done_ = 0;
  std::vector<State> state_;
  std::vector<int> pending_;
  std::vector<std::vector<RunningFlow>> flows_;  // [activity] not yet through
  std::vector<std::vector<int>> queued_;         // [mover] activities begun or ready to begin
  std::vector<int> chosen_;                      // [mover]
  std::vector<int> hurried_;                     // [activity] mover that looks again when it is done
  std::vector<int> released_;                    // movers that look again
  std::vector<int> ready_;
  std::vector<int> moving_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::vector<std::size_t> first_successor_;
  std::vector<int> successors_;
  std::vector<const Route*> routes_;
  std::vector<RunningFlow*> running_;
  std::vector<double> rates_;
  SimulationResult result_;
};

}  // namespace

SimulationResult simulate(const ActivityGraph& graph, const std::vector<double>& capacities,
                          Sharing sharing) {
  return Simulator(graph, capacities, sharing).run();
}

}  // namespace inlay::simulate
