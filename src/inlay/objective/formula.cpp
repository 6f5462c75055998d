#include "inlay/objective/formula.hpp"

#include <fmt/format.h>
#include <muParser.h>

#include <atomic>
#include <cmath>
#include <limits>

#include "inlay/base/error.hpp"
#include "inlay/objective/formula_shape.hpp"

namespace inlay::objective {
namespace {

/// A compiled formula with the variables that it reads. muparser keeps both together, so every thread has its
/// own.
class Machine {
 public:
  void compile(const std::string& text) {
    parser_ = mu::Parser();
    parser_.DefineVar("latency", &latency_);
    parser_.DefineVar("energy", &energy_);
    parser_.DefineVar("edp", &edp_);
    parser_.DefineVar("throughput", &throughput_);
    parser_.DefineVar("efficiency", &efficiency_);
    parser_.DefineVar("samples", &samples_);
    parser_.SetExpr(text);
  }
  double value(double latency, double energy, double samples) {
    latency_ = latency;
    energy_ = energy;
    edp_ = latency * energy;
    throughput_ = samples / latency;
    efficiency_ = samples / energy;
    samples_ = samples;
    return parser_.Eval();
  }
  /// `a, b` is two formulas to muparser.
  int results() const { return parser_.GetNumResults(); }

 private:
  double latency_ = 0.0;
  double energy_ = 0.0;
  double edp_ = 0.0;
  double throughput_ = 0.0;
  double efficiency_ = 0.0;
  double samples_ = 0.0;
  mu::Parser parser_;
};

std::vector<std::string> allowed_names() {
  std::vector<std::string> words;
  for (const Formula::Name& name : Formula::names()) {
    words.emplace_back(name.name);
  }
  return words;
}

[[noreturn]] void refuse(const std::string& text, const mu::ParserError& error) {
  const std::string token = error.GetToken();
  const bool unknown_name = error.GetCode() == mu::ecUNASSIGNABLE_TOKEN;
  const std::string where =
      error.GetPos() >= 0 ? fmt::format(", column {}", static_cast<long>(error.GetPos()) + 1) : "";
  const std::string what = unknown_name ? fmt::format("'{}' is no name here", token) : error.GetMsg();
  throw base::InputError(fmt::format("objective '{}'{}: {}; {}", text, where, what,
                                     base::allowed_values(unknown_name ? token : "", allowed_names())));
}

/// muparser would take `latency = 2` for an assignment. Comparisons may stand.
void refuse_assignment(const std::string& text) {
  const std::string comparison = "<>=!";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool alone = text[at] == '=' && (at + 1 == text.size() || text[at + 1] != '=') &&
                       (at == 0 || comparison.find(text[at - 1]) == std::string::npos);
    if (alone) {
      throw base::InputError(
          fmt::format("objective '{}', column {}: '=' is no operator here; '==' compares", text, at + 1));
    }
  }
}

/// Longer ones are no formulas, and reading them would nest too deeply.
constexpr std::size_t kLongest = 1000;

/// Tried from nanoseconds and nanojoules to hours and megajoules.
bool finite_somewhere(Machine& machine) {
  bool finite = false;
  for (const double scale : {1e-9, 1e-3, 1.0, 1e4}) {
    finite = finite || std::isfinite(machine.value(0.37 * scale, 213.0 * scale, 3.0));
  }
  return finite;
}

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace

const std::vector<Formula::Name>& Formula::names() {
  static const std::vector<Name> kNames = {
      {"latency", "of the whole scenario, s"}, {"energy", "of the whole scenario, static energy included, J"},
      {"edp", "latency x energy, J s"},        {"throughput", "samples / latency, 1/s"},
      {"efficiency", "samples / energy, 1/J"}, {"samples", "sum of the batches"},
  };
  return kNames;
}

Formula::Formula(const std::string& text) : text_(text), computed_(text), id_(next_id()) {
  if (text.size() > kLongest) {
    throw base::InputError(
        fmt::format("an objective has at most {} characters, this one has {}", kLongest, text.size()));
  }
  refuse_assignment(text);
  try {
    Machine machine;
    machine.compile(text);
    if (!finite_somewhere(machine)) {
      throw base::InputError(fmt::format("objective '{}' has no finite value", text));
    }
    if (machine.results() != 1) {
      throw base::InputError(
          fmt::format("objective '{}' is {} formulas; one is minimised", text, machine.results()));
    }
  } catch (const mu::ParserError& error) {
    refuse(text, error);
  }
  if (const std::optional<FormulaShape> shape = shape_of(text)) {
    computed_ = shape->text;
    non_decreasing_ = shape->non_decreasing;
  }
}

double Formula::value(double latency, double energy, double samples) const {
  if (!std::isfinite(latency) || !std::isfinite(energy)) {
    return std::numeric_limits<double>::infinity();
  }
  thread_local Machine machine;
  thread_local std::uint64_t compiled = 0;
  if (compiled != id_) {
    machine.compile(computed_);
    compiled = id_;
  }
  const double value = machine.value(latency, energy, samples);
  if (std::isnan(value)) {
    throw base::InputError(fmt::format(
        "objective '{}' has no value for a latency of {} s and an energy of {} J", text_, latency, energy));
  }
  return value;
}

}  // namespace inlay::objective
