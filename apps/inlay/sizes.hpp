#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace inlay::app {

/// What an option like --dim NAME=SIZE says when it is given several times. Throws base::InputError that
/// names `option` for a text of another form, a size below `lowest`, or a name that is set twice.
std::map<std::string, std::int64_t> read_sizes(const std::string& option,
                                               const std::vector<std::string>& texts, std::int64_t lowest);

}  // namespace inlay::app
