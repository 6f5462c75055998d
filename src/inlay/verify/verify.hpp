#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/schedule_json.hpp"

namespace inlay::verify {

enum class Severity {
  kNote,   // nothing wrong: what was confirmed, and what was not looked into
  kError,  // the schedule breaks a rule or a promise, or a number said of it is wrong
};

std::string to_string(Severity severity);

/// `place` is a path of keys in the document, or names window and model.
struct Finding {
  Severity severity = Severity::kNote;
  std::string place;
  std::string message;
};

struct Verdict {
  bool valid = false;  // no finding is an error
  std::vector<Finding> findings;
  std::optional<evaluate::ScheduleCost> cost;       // recomputed; absent if the schedule cannot be evaluated
  std::optional<evaluate::RootBounds> root_bounds;  // likewise
};

/// Relative difference up to which two numbers count as the same.
constexpr double kTolerance = 1e-9;

/// Whether a schedule is valid and everything said of it is true: structure, promises and capacity checked,
/// every figure worked out again by the reference evaluator and compared, the root bounds worked out and held
/// against the claims, the certificate's arithmetic redone. Knows no search: a lower bound beyond the root
/// bounds is noted as claimed, not confirmed. Throws nothing for what is wrong with a document;
/// base::DefectError if our own root bound is above what a valid schedule costs.
Verdict verify(const schedule::ScheduleDocument& document);

}  // namespace inlay::verify
