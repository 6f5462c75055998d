#include "inlay/importers/onnx/repetition.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace inlay::importers {
namespace {

constexpr std::size_t kLargestGroup = 400;
constexpr std::size_t kCandidates = 6;       // group sizes tried at each layer
constexpr std::size_t kBudgetPerLayer = 64;  // comparisons of layers, all in all

/// What a group reads from outside, in the order of its first reading.
using Externals = std::vector<int>;

class Finder {
 public:
  explicit Finder(const DraftModel& model) : model_(model) {
    std::unordered_map<std::string, int> numbers;
    for (const DraftLayer& layer : model.layers) {
      std::string text =
          fmt::format("{}{} {} {}", layer.op, layer.keys, layer.weight_bits, layer.inputs.size());
      for (const int output : layer.outputs) {
        const DraftTensor& tensor = model.tensor(output);
        text += fmt::format(" {} {}", fmt::join(tensor.shape, "x"), tensor.bits);
      }
      if (layer.bias) {
        text += *layer.bias ? " with bias" : " without bias";
      }
      text += layer.states_learned ? fmt::format(" {}", layer.learned) : "";
      const bool alone = !layer.tied_to.empty() || layer.tied_from;
      text += alone ? " " + layer.name : "";
      kinds_.push_back(numbers.emplace(text, static_cast<int>(numbers.size())).first->second);
    }
    place_outputs();
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      places_[kinds_[i]].push_back(i);
    }
  }

  std::vector<Repetition> find() {
    std::vector<Repetition> found;
    std::size_t at = 0;
    budget_ = kBudgetPerLayer * model_.layers.size();
    while (at < model_.layers.size() && budget_ > 0) {
      if (const auto best = best_at(at)) {
        found.push_back(*best);
        at = best->begin + best->size * best->count;
      } else {
        ++at;
      }
    }
    return found;
  }

 private:
  void place_outputs() {
    last_use_.assign(model_.tensors.size(), 0);
    slot_.assign(model_.tensors.size(), 0);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      for (const int input : model_.layers[i].inputs) {
        last_use_[static_cast<std::size_t>(input)] = i;
      }
      for (std::size_t slot = 0; slot < model_.layers[i].outputs.size(); ++slot) {
        slot_[static_cast<std::size_t>(model_.layers[i].outputs[slot])] = slot;
      }
    }
    for (const int output : model_.outputs) {
      last_use_[static_cast<std::size_t>(output)] = model_.layers.size();
    }
  }

  std::optional<Repetition> best_at(std::size_t begin) {
    std::optional<Repetition> best;
    const std::vector<std::size_t>& places = places_[kinds_[begin]];
    auto next = std::upper_bound(places.begin(), places.end(), begin);
    for (std::size_t tried = 0; tried < kCandidates && next != places.end(); ++tried, ++next) {
      const std::size_t size = *next - begin;
      if (size > kLargestGroup) {
        break;
      }
      const auto run = run_of(begin, size);
      const bool worth = run && run->size * (run->count - 1) >= 3;
      if (worth && (!best || run->size * run->count > best->size * best->count)) {
        best = run;
      }
    }
    return best;
  }

  /// The longest run of groups of that size from `begin` on, if there are two or more.
  std::optional<Repetition> run_of(std::size_t begin, std::size_t size) {
    const auto first = externals(begin, size);
    const auto second = first ? matched(begin, begin + size, size) : std::nullopt;
    if (!second) {
      return std::nullopt;
    }
    const auto output = only_output(begin, size);
    if (!output) {
      return std::nullopt;
    }
    Repetition run{begin, size, 1, -1, *output, *output, {}};
    for (std::size_t i = 0; i < first->size(); ++i) {
      const bool carried = (*second)[i] == *output;
      if (carried && run.first_input < 0) {
        run.first_input = (*first)[i];
      } else if (!carried && (*second)[i] == (*first)[i]) {
        run.shared.push_back((*first)[i]);
      } else {
        return std::nullopt;
      }
    }
    if (run.first_input < 0) {
      return std::nullopt;
    }
    extend(run, *first);
    return run.count >= 2 ? std::optional(run) : std::nullopt;
  }

  void extend(Repetition& run, const Externals& first) {
    for (std::size_t begin = run.begin + run.size; begin + run.size <= kinds_.size(); begin += run.size) {
      const auto other = matched(run.begin, begin, run.size);
      const auto output = only_output(begin, run.size);
      if (!other || !output || !same_place(run.first_output, run.begin, *output, begin)) {
        return;
      }
      for (std::size_t i = 0; i < first.size(); ++i) {
        const int expected = first[i] == run.first_input ? run.last_output : first[i];
        if ((*other)[i] != expected) {
          return;
        }
      }
      run.last_output = *output;
      ++run.count;
    }
  }

  bool same_place(int a, std::size_t begin_a, int b, std::size_t begin_b) const {
    return static_cast<std::size_t>(model_.tensor(a).maker) - begin_a ==
               static_cast<std::size_t>(model_.tensor(b).maker) - begin_b &&
           slot_[static_cast<std::size_t>(a)] == slot_[static_cast<std::size_t>(b)];
  }

  bool inside(int tensor, std::size_t begin, std::size_t size) const {
    const int maker = model_.tensor(tensor).maker;
    return maker >= 0 && static_cast<std::size_t>(maker) >= begin &&
           static_cast<std::size_t>(maker) < begin + size;
  }

  std::optional<Externals> externals(std::size_t begin, std::size_t size) {
    if (begin + 2 * size > kinds_.size()) {
      return std::nullopt;
    }
    Externals result;
    for (std::size_t i = begin; i < begin + size; ++i) {
      if (budget_ == 0 || kinds_[i] != kinds_[i + size]) {
        return std::nullopt;
      }
      --budget_;
      for (const int input : model_.layers[i].inputs) {
        if (!inside(input, begin, size) && std::find(result.begin(), result.end(), input) == result.end()) {
          result.push_back(input);
        }
      }
    }
    return result;
  }

  /// What the group at `other` reads from outside, if it is wired as that at `begin`.
  std::optional<Externals> matched(std::size_t begin, std::size_t other, std::size_t size) {
    Externals mine;
    Externals theirs;
    for (std::size_t i = 0; i < size; ++i) {
      if (budget_ == 0 || kinds_[begin + i] != kinds_[other + i]) {
        return std::nullopt;
      }
      --budget_;
      const std::vector<int>& a = model_.layers[begin + i].inputs;
      const std::vector<int>& b = model_.layers[other + i].inputs;
      for (std::size_t k = 0; k < a.size(); ++k) {
        if (inside(a[k], begin, size) || inside(b[k], other, size)) {
          if (!inside(a[k], begin, size) || !inside(b[k], other, size) ||
              !same_place(a[k], begin, b[k], other)) {
            return std::nullopt;
          }
          continue;
        }
        const auto at = std::find(mine.begin(), mine.end(), a[k]);
        if (at == mine.end()) {
          if (std::find(theirs.begin(), theirs.end(), b[k]) != theirs.end()) {
            return std::nullopt;
          }
          mine.push_back(a[k]);
          theirs.push_back(b[k]);
        } else if (theirs[static_cast<std::size_t>(at - mine.begin())] != b[k]) {
          return std::nullopt;
        }
      }
    }
    return theirs;
  }

  /// The one tensor of a group that is read behind it.
  std::optional<int> only_output(std::size_t begin, std::size_t size) const {
    std::optional<int> result;
    for (std::size_t i = begin; i < begin + size; ++i) {
      for (const int output : model_.layers[i].outputs) {
        if (last_use_[static_cast<std::size_t>(output)] >= begin + size) {
          if (result) {
            return std::nullopt;
          }
          result = output;
        }
      }
    }
    return result;
  }

  const DraftModel& model_;
  std::vector<int> kinds_;             // equal numbers: equal but for names and inputs
  std::vector<std::size_t> last_use_;  // by tensor
  std::vector<std::size_t> slot_;      // by tensor: which of its layer's outputs
  std::unordered_map<int, std::vector<std::size_t>> places_;
  std::size_t budget_ = 0;
};

}  // namespace

std::vector<Repetition> repetitions(const DraftModel& model) {
  return Finder(model).find();
}

}  // namespace inlay::importers
