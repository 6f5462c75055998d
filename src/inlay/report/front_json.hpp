#pragma once

#include "inlay/report/front_table.hpp"

namespace inlay::report {

/// front.json, schemas/front.schema.json.
std::string front_json(const FrontTable& front);
/// The reverse; `file` names the text in messages. Throws base::InputError with file and place.
FrontTable read_front(const std::string& text, const std::string& file, std::string& program_version);

}  // namespace inlay::report
