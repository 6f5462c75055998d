#include "inlay/schedule/constraint_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "inlay/base/error.hpp"

namespace inlay::schedule {
namespace {

/// -1 if it is none of them.
template <typename List>
int place_in(const List& list, const std::string& name) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&name](const auto& one) { return one.name == name; });
  return found == list.end() ? -1 : static_cast<int>(found - list.begin());
}

template <typename List>
std::vector<std::string> names_of(const List& list) {
  std::vector<std::string> names;
  for (const auto& one : list) {
    names.push_back(one.name);
  }
  return names;
}

[[noreturn]] void refuse(const std::string& message, const Complain& complain) {
  complain(message);
  throw base::DefectError("a complaint that returned: " + message);
}

}  // namespace

int model_named(const Problem& problem, const std::string& name, const Complain& complain) {
  const auto& models = problem.scenario.models;
  const int found = place_in(models, name);
  if (found < 0) {
    refuse(
        fmt::format("the scenario has no model '{}'; {}", name, base::allowed_values(name, names_of(models))),
        complain);
  }
  return found;
}

int chiplet_named(const Problem& problem, const std::string& name, const Complain& complain) {
  const auto& chiplets = problem.package.chiplets;
  const int found = place_in(chiplets, name);
  if (found < 0) {
    refuse(fmt::format("the package has no chiplet '{}'; {}", name,
                       base::allowed_values(name, names_of(chiplets))),
           complain);
  }
  return found;
}

int layer_named(const Problem& problem, int model, const std::string& name, const Complain& complain) {
  const workload::ScenarioModel& entry = problem.scenario.models[static_cast<std::size_t>(model)];
  const auto& layers = entry.model.layers;
  const int found = place_in(layers, name);
  if (found >= 0) {
    return found;
  }
  int number = -1;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  if (error == std::errc{} && stop == end) {
    if (number >= 0 && number < static_cast<int>(layers.size())) {
      return number;
    }
    refuse(fmt::format("model '{}' has no layer {}: there are {}, counted from 0", entry.name, number,
                       layers.size()),
           complain);
  }
  const std::string nearest = base::nearest_spelling(name, names_of(layers));
  refuse(fmt::format("model '{}' has no layer '{}'{}; 'inlay show' lists the layers of a model", entry.name,
                     name, nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)),
         complain);
}

std::pair<int, int> layers_named(const Problem& problem, int model, const std::string& first,
                                 const std::string& last, const Complain& complain) {
  const std::pair<int, int> range = {layer_named(problem, model, first, complain),
                                     layer_named(problem, model, last, complain) + 1};
  if (range.second <= range.first) {
    refuse("the last layer stands before the first", complain);
  }
  return range;
}

std::vector<ShardingChoice> choices_named(const std::vector<std::string>& texts, const Complain& complain) {
  std::vector<ShardingChoice> choices;
  for (const std::string& text : texts) {
    const std::optional<ShardingChoice> choice = parse_choice(text);
    if (!choice) {
      refuse(fmt::format("'{}' is no sharding; one of N, M, K, C, G, - or *, or two of them with a slash, "
                         "rows first: K/N; C>M scatters sums along M",
                         text),
             complain);
    }
    if (std::find(choices.begin(), choices.end(), *choice) != choices.end()) {
      refuse(fmt::format("sharding '{}' is named twice", text), complain);
    }
    choices.push_back(*choice);
  }
  if (choices.empty()) {
    refuse("no sharding is named", complain);
  }
  return choices;
}

std::vector<int> chiplets_named(const Problem& problem, const std::vector<std::string>& names,
                                const Complain& complain) {
  if (names.empty()) {
    refuse("no chiplet is named", complain);
  }
  std::vector<int> chiplets;
  for (const std::string& name : names) {
    const int chiplet = chiplet_named(problem, name, complain);
    if (std::find(chiplets.begin(), chiplets.end(), chiplet) != chiplets.end()) {
      refuse(fmt::format("chiplet '{}' is named twice", name), complain);
    }
    chiplets.push_back(chiplet);
  }
  std::sort(chiplets.begin(), chiplets.end());
  return chiplets;
}

}  // namespace inlay::schedule
