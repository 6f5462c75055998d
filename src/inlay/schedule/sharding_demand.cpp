#include "inlay/schedule/sharding_demand.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace inlay::schedule {
namespace {

using workload::Division;

constexpr const char* kAnything = "*";

std::string axis_text(const std::optional<AxisSharding>& axis) {
  return axis ? to_string(*axis) : kAnything;
}

bool takes_sums(LoopDimension by) {
  return by == LoopDimension::kSamples || by == LoopDimension::kRows || by == LoopDimension::kOutputs;
}

bool parse(const std::string& text, std::optional<AxisSharding>& axis) {
  if (text == kAnything) {
    axis.reset();
    return true;
  }
  AxisSharding& parsed = axis.emplace();
  return parse_axis(text, parsed) &&
         (text.size() == 1 || (parsed.by == LoopDimension::kReduction && takes_sums(parsed.sums)));
}

bool admits(const std::optional<AxisSharding>& choice, const AxisSharding& axis, int members) {
  return members == 1 || !choice ||
         (choice->by == axis.by && (choice->sums == LoopDimension::kNone || choice->sums == axis.sums));
}

bool offers(const std::vector<Division>& divisions, LoopDimension by) {
  return std::any_of(divisions.begin(), divisions.end(),
                     [by](const Division& division) { return division.by == by; });
}

bool offers(const std::vector<Division>& divisions, const std::optional<AxisSharding>& axis) {
  return !axis || (offers(divisions, axis->by) &&
                   (axis->sums == LoopDimension::kNone || offers(divisions, axis->sums)));
}

/// Why a layer cannot be divided so; empty if it can.
std::string refusal(const ShardingChoice& choice, const std::vector<Division>& divisions) {
  if (!offers(divisions, choice.rows)) {
    return fmt::format("{}: not by {} along the rows", to_string(choice), axis_text(choice.rows));
  }
  if (!offers(divisions, choice.columns)) {
    return fmt::format("{}: not by {} along the columns", to_string(choice), axis_text(choice.columns));
  }
  return "";
}

/// Why a layer can be divided in none of the ways; empty if it can.
std::string refusal(const ShardingDemand& demand, const std::vector<Division>& divisions) {
  std::vector<std::string> reasons;
  for (const ShardingChoice& choice : demand.choices) {
    reasons.push_back(refusal(choice, divisions));
    if (reasons.back().empty()) {
      return "";
    }
  }
  std::vector<std::string> letters;
  for (const Division& division : divisions) {
    letters.push_back(workload::to_string(division.by));
  }
  return fmt::format("({}); it allows {}", fmt::join(reasons, "; "), fmt::join(letters, ", "));
}

}  // namespace

std::string to_string(const ShardingChoice& choice) {
  return choice.rows == choice.columns
             ? axis_text(choice.rows)
             : fmt::format("{}/{}", axis_text(choice.rows), axis_text(choice.columns));
}

std::optional<ShardingChoice> parse_choice(const std::string& text) {
  const std::size_t slash = text.find('/');
  ShardingChoice choice;
  const bool sound = parse(text.substr(0, slash), choice.rows) &&
                     parse(slash == std::string::npos ? text : text.substr(slash + 1), choice.columns);
  return sound ? std::optional(choice) : std::nullopt;
}

bool admits(const ShardingChoice& choice, const Sharding& sharding, const Grid& grid) {
  return admits(choice.rows, sharding.rows, grid.rows) &&
         admits(choice.columns, sharding.columns, grid.columns);
}

bool ShardingDemand::admits(const Sharding& sharding, const Grid& grid) const {
  return std::any_of(choices.begin(), choices.end(),
                     [&](const ShardingChoice& choice) { return schedule::admits(choice, sharding, grid); });
}

std::string choices_text(const ShardingDemand& demand) {
  std::vector<std::string> words;
  for (const ShardingChoice& choice : demand.choices) {
    words.push_back(to_string(choice));
  }
  return fmt::format("{}", fmt::join(words, " or "));
}

std::string defect_of(const ShardingDemand& demand, const workload::Model& model) {
  std::string defect;
  int others = 0;
  for (int layer = demand.first; layer < demand.last; ++layer) {
    const std::string why = refusal(demand, workload::divisions(model, layer));
    if (why.empty()) {
      continue;
    }
    if (!defect.empty()) {
      ++others;
      continue;
    }
    const workload::Layer& node = model.layers[static_cast<std::size_t>(layer)];
    defect = fmt::format("layer '{}' ({}) cannot be divided by {} {}", node.name, node.op,
                         choices_text(demand), why);
  }
  return others == 0 ? defect : fmt::format("{}; nor can {} more of these layers", defect, others);
}

}  // namespace inlay::schedule
