#pragma once

#include "inlay/report/text/front_table.hpp"

namespace inlay::report::files {

/// front.json, schemas/front.schema.json.
std::string front_json(const text::FrontTable& front);
/// The reverse; `file` names the text in messages. Throws base::InputError with file and place.
text::FrontTable read_front(const std::string& text, const std::string& file, std::string& program_version);

}  // namespace inlay::report::files
