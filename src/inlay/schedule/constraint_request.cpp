#include "inlay/schedule/constraint_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <tuple>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/schedule/constraint_names.hpp"

namespace inlay::schedule {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = text.find(separator); end != std::string::npos; end = text.find(separator, begin)) {
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

/// One text of an option, as it stands on the command line.
class Text {
 public:
  Text(const Problem& problem, std::string option, const std::string& text)
      : problem_(problem), option_(std::move(option)), text_(text) {}

  Pin pin() const {
    const auto [left, right] = sides("--pin MODEL=CHIPLET,... or MODEL:FIRST..LAST=CHIPLET,...");
    Pin pin;
    set_layers(left, pin);
    pin.chiplets = chiplets(right);
    return pin;
  }

  ShardingDemand sharding() const {
    const auto [left, right] = sides("--sharding MODEL=WAY,... or MODEL:FIRST..LAST=WAY,...");
    ShardingDemand demand;
    set_layers(left, demand);
    demand.choices = choices_named(split(right, ','), complaint());
    const std::string defect =
        defect_of(demand, problem_.scenario.models[static_cast<std::size_t>(demand.model)].model);
    if (!defect.empty()) {
      fail(defect);
    }
    return demand;
  }

  Ban ban() const {
    const std::size_t equals = text_.find('=');
    return equals == std::string::npos
               ? Ban{-1, chiplets(text_)}
               : Ban{model(text_.substr(0, equals)), chiplets(text_.substr(equals + 1))};
  }

  FixedMiniBatch mini_batch() const {
    const auto [name, size] = sides("--mini-batch MODEL=SIZE");
    return {model(name), whole<std::int64_t>(size)};
  }

  ChipletCap cap() const {
    const auto [name, most] = sides("--cap MODEL=CHIPLETS");
    return {model(name), whole<int>(most)};
  }

  LatencyLimit latency_limit() const {
    const auto [name, time] = sides("--latency-limit MODEL=TIME");
    try {
      const double seconds = base::parse_quantity(time, base::Dimension::kTime);
      if (seconds > 0.0) {
        return {model(name), seconds};
      }
    } catch (const std::invalid_argument&) {
      // The message below says what is expected here.
    }
    fail(fmt::format("'{}' is not a time above zero; for example 10ms", time));
  }

  std::vector<Dependency> dependencies() const {
    const auto [name, others] = sides("--after MODEL=MODEL,...");
    std::vector<Dependency> all;
    for (const std::string& other : split(others, ',')) {
      all.push_back({model(name), model(other)});
      if (all.back().model == all.back().waits_for) {
        fail("a model cannot wait for itself");
      }
    }
    return all;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw base::InputError(fmt::format("{} {}: {}", option_, text_, message));
  }
  Complain complaint() const {
    return [this](const std::string& message) { fail(message); };
  }
  std::pair<std::string, std::string> sides(const char* expected) const {
    const std::size_t equals = text_.find('=');
    if (equals == std::string::npos) {
      fail(fmt::format("{} is expected", expected));
    }
    return {text_.substr(0, equals), text_.substr(equals + 1)};
  }
  /// MODEL, MODEL:LAYER or MODEL:FIRST..LAST.
  template <typename Range>
  void set_layers(const std::string& text, Range& range) const {
    const std::size_t colon = text.find(':');
    range.model = model(text.substr(0, colon));
    range.last =
        static_cast<int>(problem_.scenario.models[static_cast<std::size_t>(range.model)].model.layers.size());
    if (colon != std::string::npos) {
      const std::string layers = text.substr(colon + 1);
      const std::size_t dots = layers.find("..");
      const std::string last = dots == std::string::npos ? layers : layers.substr(dots + 2);
      std::tie(range.first, range.last) =
          layers_named(problem_, range.model, layers.substr(0, dots), last, complaint());
    }
  }
  int model(const std::string& name) const { return model_named(problem_, name, complaint()); }
  std::vector<int> chiplets(const std::string& names) const {
    return chiplets_named(problem_, split(names, ','), complaint());
  }
  template <typename Integer>
  Integer whole(const std::string& text) const {
    Integer value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value < 1) {
      fail(fmt::format("'{}' is not a whole number from 1 on", text));
    }
    return value;
  }

  const Problem& problem_;
  std::string option_;
  const std::string& text_;
};

}  // namespace

void add_constraints(const ConstraintRequest& request, Problem& problem) {
  if (!request.file.empty()) {
    add_constraints(base::read_file(request.file), request.file, problem);
  }
  Constraints& constraints = problem.constraints;
  for (const std::string& text : request.pins) {
    constraints.pins.push_back(Text(problem, "--pin", text).pin());
  }
  for (const std::string& text : request.bans) {
    constraints.bans.push_back(Text(problem, "--forbid", text).ban());
  }
  for (const std::string& text : request.mini_batches) {
    constraints.mini_batches.push_back(Text(problem, "--mini-batch", text).mini_batch());
  }
  for (const std::string& text : request.caps) {
    constraints.caps.push_back(Text(problem, "--cap", text).cap());
  }
  for (const std::string& text : request.latency_limits) {
    constraints.latency_limits.push_back(Text(problem, "--latency-limit", text).latency_limit());
  }
  for (const std::string& text : request.dependencies) {
    for (const Dependency& dependency : Text(problem, "--after", text).dependencies()) {
      constraints.dependencies.push_back(dependency);
    }
  }
  for (const std::string& text : request.shardings) {
    constraints.shardings.push_back(Text(problem, "--sharding", text).sharding());
  }
}

void add_order_of_scenario(Problem& problem) {
  std::vector<Dependency>& known = problem.constraints.dependencies;
  for (int model = 0; model < static_cast<int>(problem.scenario.models.size()); ++model) {
    for (const int needed : problem.scenario.models[static_cast<std::size_t>(model)].depends_on) {
      const Dependency dependency{model, needed};
      if (std::find(known.begin(), known.end(), dependency) == known.end()) {
        known.push_back(dependency);
      }
    }
  }
}

}  // namespace inlay::schedule
