#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "inlay/schedule/statement_fields.hpp"
#include "inlay/verify/claims.hpp"

namespace inlay::verify {
namespace {

using Value = std::variant<std::int64_t, double, bool, std::vector<int>>;

struct Field {
  std::string place;
  Value value;
};

/// The archive that collects: two statements of the same shape give the same places in the same order.
class Collector {
 public:
  explicit Collector(std::string path) : path_(std::move(path)) {}

  void boolean(const char* key, bool value) { add(key, value); }
  void integer(const char* key, std::int64_t value, std::int64_t) { add(key, value); }
  void number(const char* key, double value) { add(key, value); }
  /// What is absent counts as -1: places stay the same.
  void optional_number(const char* key, const std::optional<double>& value) {
    add(key, value.value_or(-1.0));
  }
  void ratio(const char* key, double value) { add(key, value); }
  void integers(const char* key, const std::vector<int>& values, std::int64_t) { add(key, values); }
  /// Where two stages or pipelines tie, rounding picks one; check_bottlenecks judges the choice by its time.
  void bottleneck(const char*, int) {}
  template <typename Part>
  void object(const char* key, Part& part) {
    take(path_ + '.' + key, part);
  }
  template <typename Part>
  void list(const char* key, std::vector<Part>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      take(fmt::format("{}.{}[{}]", path_, key, i), parts[i]);
    }
  }
  const std::vector<Field>& fields() const { return fields_; }

 private:
  void add(const char* key, Value value) { fields_.push_back({path_ + '.' + key, std::move(value)}); }
  template <typename Part>
  void take(std::string path, Part& part) {
    Collector inner(std::move(path));
    describe(inner, part);
    std::move(inner.fields_.begin(), inner.fields_.end(), std::back_inserter(fields_));
  }
  std::string path_;
  std::vector<Field> fields_;
};

std::string text_of(const Value& value) {
  struct Printer {
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const std::vector<int>& numbers) const {
      std::string text;
      for (const int number : numbers) {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", number);
      }
      return "[" + text + "]";
    }
  };
  return std::visit(Printer{}, value);
}

bool same_value(const Value& a, const Value& b) {
  if (std::holds_alternative<double>(a) && std::holds_alternative<double>(b)) {
    return same(std::get<double>(a), std::get<double>(b));
  }
  return a == b;
}

template <typename Part>
void compare(const std::string& path, Part claimed, Part recomputed, std::vector<Finding>& findings) {
  Collector said(path);
  Collector found(path);
  describe(said, claimed);
  describe(found, recomputed);
  for (std::size_t i = 0; i < found.fields().size(); ++i) {
    const Field& is = found.fields()[i];
    const Value& was = said.fields()[i].value;
    if (!same_value(was, is.value)) {
      findings.push_back({Severity::kError, is.place,
                          fmt::format("{} is claimed, {} is right", text_of(was), text_of(is.value))});
    }
  }
}

/// An empty text if both have the same windows, pipelines and stages, else where not.
std::string different_shape(const std::vector<schedule::WindowClaim>& a,
                            const std::vector<schedule::WindowClaim>& b) {
  if (a.size() != b.size()) {
    return "figures";
  }
  for (std::size_t w = 0; w < a.size(); ++w) {
    if (a[w].pipelines.size() != b[w].pipelines.size()) {
      return fmt::format("figures[{}].pipelines", w);
    }
    for (std::size_t p = 0; p < a[w].pipelines.size(); ++p) {
      if (a[w].pipelines[p].stages.size() != b[w].pipelines[p].stages.size()) {
        return fmt::format("figures[{}].pipelines[{}].stages", w, p);
      }
    }
  }
  return "";
}

/// Whether entry `claimed` of some times is the largest but for rounding; -1 is never an entry.
bool is_largest(const std::vector<double>& times, int claimed) {
  if (claimed < 0 || claimed >= static_cast<int>(times.size())) {
    return false;
  }
  const double largest = *std::max_element(times.begin(), times.end());
  return same(times[static_cast<std::size_t>(claimed)], largest);
}

bool is_stage_bottleneck(const schedule::PipelineClaim& pipeline, int claimed) {
  std::vector<double> times;
  for (const schedule::StageClaim& stage : pipeline.stages) {
    times.push_back(pipeline.mini_batches > 1 ? stage.steady : stage.first);
  }
  return is_largest(times, claimed);
}

bool is_window_bottleneck(const schedule::WindowClaim& window, int claimed) {
  std::vector<double> times;
  for (const schedule::PipelineClaim& pipeline : window.pipelines) {
    times.push_back(pipeline.latency);
  }
  const double slowest = times.empty() ? 0.0 : *std::max_element(times.begin(), times.end());
  // Without a pipeline nothing binds; under `shared` the memory may outlast all of them.
  const bool memory_may = window.pipelines.empty() || window.bottleneck == -1 ||
                          (same(window.memory_time, slowest) && same(window.latency, slowest));
  const bool pipeline_may = same(window.latency, slowest);
  return claimed == -1 ? memory_may : pipeline_may && is_largest(times, claimed);
}

void check_bottlenecks(const schedule::WindowClaim& claimed, const schedule::WindowClaim& recomputed,
                       const std::string& path, std::vector<Finding>& findings) {
  const auto complain = [&](const std::string& place, int said, int right) {
    findings.push_back(
        {Severity::kError, place + ".bottleneck", fmt::format("{} is claimed, {} is right", said, right)});
  };
  if (claimed.bottleneck != recomputed.bottleneck && !is_window_bottleneck(recomputed, claimed.bottleneck)) {
    complain(path, claimed.bottleneck, recomputed.bottleneck);
  }
  for (std::size_t p = 0; p < recomputed.pipelines.size(); ++p) {
    if (!is_stage_bottleneck(recomputed.pipelines[p], claimed.pipelines[p].bottleneck)) {
      complain(fmt::format("{}.pipelines[{}]", path, p), claimed.pipelines[p].bottleneck,
               recomputed.pipelines[p].bottleneck);
    }
  }
}

}  // namespace

bool same(double a, double b) {
  return a == b || std::abs(a - b) <= kTolerance * std::max(std::abs(a), std::abs(b));
}

void compare_claims(const schedule::Statement& claimed, const schedule::Statement& recomputed,
                    std::vector<Finding>& findings) {
  compare("metrics", claimed.metrics, recomputed.metrics, findings);
  const std::string place = different_shape(claimed.windows, recomputed.windows);
  if (!place.empty()) {
    findings.push_back(
        {Severity::kError, place, "there are more or fewer figures than the schedule has parts"});
    return;
  }
  for (std::size_t w = 0; w < recomputed.windows.size(); ++w) {
    const std::string path = fmt::format("figures[{}]", w);
    compare(path, claimed.windows[w], recomputed.windows[w], findings);
    check_bottlenecks(claimed.windows[w], recomputed.windows[w], path, findings);
  }
}

}  // namespace inlay::verify
