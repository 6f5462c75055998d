#include "inlay/search/sharding/plan_row.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"

namespace inlay::search::sharding {
namespace {

void add(const PricedExchange& exchange, PlanSums& sums) {
  sums.exchange += exchange.seconds;
  sums.exchange_energy += exchange.joules;
  sums.exchanged += exchange.bytes;
}

void add(const ShardingOption& option, PlanSums& sums) {
  sums.compute += option.cost.seconds;
  sums.layer_energy += option.cost.energy.total();
  sums.exchange += option.scatter.seconds;
  sums.exchange_energy += option.scatter.joules;
  sums.exchanged += option.scatter.bytes;
  sums.weights += option.cost.weights;
  sums.weights_read += option.cost.weights_read;
  sums.weights_sent += option.cost.weights_sent;
  sums.weights_forwarded += option.cost.weights_forwarded;
  sums.gathered += option.cost.gathered;
  sums.largest_tile = std::max(sums.largest_tile, option.cost.tile_bytes);
}

}  // namespace

PlanRow::PlanRow(const PlanOptions& options, const workload::Model& model, int first,
                 double loads_per_mini_batch, std::int64_t most_weights)
    : options_(options),
      model_(model),
      first_(first),
      loads_(loads_per_mini_batch),
      most_weights_(most_weights),
      states_(1) {}

bool PlanRow::has(int last) {
  while (!ended_ && static_cast<int>(best_.size()) < last - first_) {
    advance(first_ + static_cast<int>(best_.size()));
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (const State& state : states_) {
      least = std::min(least, state.sums.weights);
    }
    ended_ = states_.empty() || least > most_weights_;
    if (!ended_) {
      record();
    }
  }
  return static_cast<int>(best_.size()) >= last - first_;
}

/// Tensors that the stage has made or read and that a later layer reads.
std::vector<PlanRow::Live> PlanRow::live_after(int layer) const {
  std::vector<Live> live;
  const auto add_tensor = [&](int index) {
    const std::vector<int>& users = model_.tensors[static_cast<std::size_t>(index)].users;
    const auto next = std::upper_bound(users.begin(), users.end(), layer);
    const bool known =
        std::any_of(live.begin(), live.end(), [index](const Live& other) { return other.tensor == index; });
    if (next == users.end() || known) {
      return;
    }
    const std::vector<int>& read = model_.layers[static_cast<std::size_t>(*next)].inputs;
    std::ptrdiff_t readings = 0;  // a layer may read a tensor as several operands
    for (auto user = next; user != users.end(); ++user) {
      const std::vector<int>& all = model_.layers[static_cast<std::size_t>(*user)].inputs;
      readings += std::count(all.begin(), all.end(), index);
    }
    live.push_back({index, static_cast<int>(readings), &options_.of(*next),
                    static_cast<std::size_t>(std::find(read.begin(), read.end(), index) - read.begin())});
  };
  for (const Live& one : live_) {
    add_tensor(one.tensor);
  }
  const workload::Layer& node = model_.layers[static_cast<std::size_t>(layer)];
  for (const int index : node.inputs) {
    add_tensor(index);
  }
  for (const int index : node.outputs) {
    add_tensor(index);
  }
  return live;
}

std::vector<PlanRow::Origin> PlanRow::origins_of(int layer, const std::vector<Live>& after) const {
  const workload::Layer& node = model_.layers[static_cast<std::size_t>(layer)];
  // The last place: an operand that is read twice ends where its last reading left it.
  const auto place = [](const std::vector<int>& list, int tensor) {
    const auto found = std::find(list.rbegin(), list.rend(), tensor);
    return static_cast<int>(list.rend() - found) - 1;
  };
  std::vector<Origin> origins;
  for (const Live& one : after) {
    Origin origin{place(node.outputs, one.tensor), place(node.inputs, one.tensor), -1};
    for (std::size_t j = 0; j < live_.size(); ++j) {
      origin.before = live_[j].tensor == one.tensor ? static_cast<int>(j) : origin.before;
    }
    origins.push_back(origin);
  }
  return origins;
}

/// The layout of an operand before it is read; negative: the stage has not yet read it.
int PlanRow::layout_before(int layer, std::size_t operand, const State& from,
                           const std::vector<int>& now) const {
  const std::vector<int>& inputs = model_.layers[static_cast<std::size_t>(layer)].inputs;
  int layout = -1;
  for (std::size_t earlier = 0; earlier < operand; ++earlier) {
    layout = inputs[earlier] == inputs[operand] ? now[earlier] : layout;
  }
  for (std::size_t i = 0; i < live_.size() && layout < 0; ++i) {
    layout = live_[i].tensor == inputs[operand] ? static_cast<int>(from.layouts[i]) : layout;
  }
  return layout;
}

/// Brings the operands to where the option needs them.
void PlanRow::read_operands(int layer, std::size_t option, const State& from, Reading& reading) const {
  const LayerOptions& choices = options_.of(layer);
  const ShardingOption& chosen = choices.options[option];
  reading.price = 0.0;
  reading.layouts.assign(choices.operands.size(), -1);
  for (std::size_t operand = 0; operand < choices.operands.size(); ++operand) {
    const int layout = layout_before(layer, operand, from, reading.layouts);
    const PricedExchange& moved =
        layout < 0 ? chosen.arrival[operand] : options_.exchange(choices, option, operand, layout);
    reading.price += moved.price;
    reading.layouts[operand] = layout < 0                     ? chosen.after_arrival[operand]
                               : moved.moves && moved.settles ? chosen.after_use[operand]
                                                              : layout;
  }
}

/// The cheapest way to each combination of layouts.
std::vector<PlanRow::State> PlanRow::extend(int layer, const std::vector<Origin>& origins) const {
  const LayerOptions& choices = options_.of(layer);
  std::unordered_map<std::u16string, std::size_t> index;
  std::vector<State> next;
  Reading reading;
  std::u16string layouts(origins.size(), 0);
  for (std::size_t s = 0; s < states_.size(); ++s) {
    for (std::size_t option = 0; option < choices.options.size(); ++option) {
      const ShardingOption& chosen = choices.options[option];
      read_operands(layer, option, states_[s], reading);
      for (std::size_t i = 0; i < origins.size(); ++i) {
        const Origin& origin = origins[i];
        layouts[i] = origin.output >= 0
                         ? static_cast<char16_t>(chosen.outputs[static_cast<std::size_t>(origin.output)])
                     : origin.operand >= 0
                         ? static_cast<char16_t>(reading.layouts[static_cast<std::size_t>(origin.operand)])
                         : states_[s].layouts[static_cast<std::size_t>(origin.before)];
      }
      const double price = states_[s].price + reading.price + chosen.price + loads_ * chosen.weights_price;
      const auto [known, added] = index.try_emplace(layouts, next.size());
      if (added) {
        next.push_back({layouts, price, static_cast<std::int32_t>(s), static_cast<std::int32_t>(option), {}});
      } else if (State& other = next[known->second]; price < other.price) {
        other.price = price;
        other.parent = static_cast<std::int32_t>(s);
        other.option = static_cast<std::int32_t>(option);
      }
    }
  }
  return next;
}

PlanSums PlanRow::sums_of(int layer, const State& state) const {
  const LayerOptions& choices = options_.of(layer);
  const auto option = static_cast<std::size_t>(state.option);
  const State& from = states_[static_cast<std::size_t>(state.parent)];
  PlanSums sums = from.sums;
  Reading reading;
  read_operands(layer, option, from, reading);
  for (std::size_t operand = 0; operand < choices.operands.size(); ++operand) {
    const int layout = layout_before(layer, operand, from, reading.layouts);
    add(layout < 0 ? choices.options[option].arrival[operand]
                   : options_.exchange(choices, option, operand, layout),
        sums);
  }
  add(choices.options[option], sums);
  return sums;
}

void PlanRow::advance(int layer) {
  std::vector<Live> after = live_after(layer);
  std::vector<State> next = extend(layer, origins_of(layer, after));
  std::swap(live_, after);
  keep_promising(next);
  std::swap(live_, after);
  for (State& state : next) {
    state.sums = sums_of(layer, state);
  }
  live_ = std::move(after);
  states_ = std::move(next);
}

/// Whatever follows a state can follow the cheapest one, too, for no more than what bringing its live tensors
/// to their readers costs more.
void PlanRow::keep_promising(std::vector<State>& states) {
  std::stable_sort(states.begin(), states.end(),
                   [](const State& a, const State& b) { return a.price < b.price; });
  if (states.empty()) {
    return;
  }
  double later = 0.0;
  for (const Live& one : live_) {
    later += (one.readings_left - 1) *
             options_.worst_exchange(model_.tensors[static_cast<std::size_t>(one.tensor)]);
  }
  const State cheapest = states.front();
  const auto hopeless = [&](const State& state) {
    double excess = later;
    for (std::size_t i = 0; i < live_.size(); ++i) {
      if (state.layouts[i] != cheapest.layouts[i]) {
        excess += options_.exchange_excess(*live_[i].next_reader, live_[i].operand,
                                           static_cast<int>(cheapest.layouts[i]),
                                           static_cast<int>(state.layouts[i]));
      }
    }
    return state.price > cheapest.price + excess;
  };
  states.erase(std::remove_if(states.begin() + 1, states.end(), hopeless), states.end());
  const std::size_t most = live_.size() <= kExactFrontier ? kMostStates : kFewStates;
  if (states.size() > most) {
    states.resize(most);
    exact_ = false;
  }
}

void PlanRow::record() {
  std::vector<Step>& steps = steps_.emplace_back();
  for (const State& state : states_) {
    steps.push_back(
        {state.parent, state.option, {state.sums.compute + state.sums.exchange, state.sums.weights}});
  }
  best_.emplace_back(0, states_.front().sums);  // sorted by price
}

const PlanSums& PlanRow::sums(int last) const {
  return best_[static_cast<std::size_t>(last - first_ - 1)].second;
}

std::vector<schedule::Sharding> PlanRow::shardings(int last) const {
  std::vector<schedule::Sharding> result;
  std::int32_t state = best_[static_cast<std::size_t>(last - first_ - 1)].first;
  for (int layer = last - 1; layer >= first_; --layer) {
    const Step& step = steps_[static_cast<std::size_t>(layer - first_)][static_cast<std::size_t>(state)];
    result.push_back(options_.of(layer).options[static_cast<std::size_t>(step.option)].sharding);
    state = step.parent;
  }
  std::reverse(result.begin(), result.end());
  return result;
}

std::vector<evaluate::LayerWork> PlanRow::work(int last) const {
  std::vector<evaluate::LayerWork> result;
  std::int32_t state = best_[static_cast<std::size_t>(last - first_ - 1)].first;
  for (int layer = last - 1; layer >= first_; --layer) {
    const Step& step = steps_[static_cast<std::size_t>(layer - first_)][static_cast<std::size_t>(state)];
    if (!result.empty()) {
      result.back().seconds -= step.sum.seconds;
      result.back().weights -= step.sum.weights;
    }
    result.push_back(step.sum);
    state = step.parent;
  }
  std::reverse(result.begin(), result.end());
  return result;
}

}  // namespace inlay::search::sharding
