#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace inlay::schedule {

/// Parses `text`, named `file` in messages. Refuses, with base::InputError, what is no JSON (with line and
/// column), more than 64 MiB, nesting deeper than 32 levels, more than 256 keys in an object and a key that
/// stands there twice.
nlohmann::ordered_json parse_json(const std::string& text, const std::string& file);

/// JSON for people and for `diff`: what a list holds stands one to a line, short things and long rows of
/// plain numbers are not torn apart. Numbers are the shortest text that reads back as the same number.
std::string pretty_json(const nlohmann::ordered_json& value);

}  // namespace inlay::schedule
