#pragma once

#include <string>

#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/schedule/statement.hpp"

namespace inlay::schedule {

/// All that a schedule file holds: the problem whole, so that nothing else is needed to check it.
struct ScheduleDocument {
  Problem problem;
  Schedule schedule;
  Statement statement;
};

/// The document as JSON (docs/formats-schedule.md, schemas/schedule.schema.json). The same document always
/// gives the same bytes, and reading and writing them again changes none. Throws base::DefectError for a
/// number that is no finite one, and for models that are missing from the problem or its cost table.
std::string write_document(const ScheduleDocument& document);

/// The reverse, with the package's routes worked out anew. `file` names the text in messages. Every value's
/// type and range, every index and the size of every table is checked, but not whether the schedule is a
/// valid one: that is `check`'s and `verify`'s to say. Throws base::InputError with file and place: line and
/// column for what is no JSON, else the path of keys.
ScheduleDocument read_document(const std::string& text, const std::string& file);

}  // namespace inlay::schedule
