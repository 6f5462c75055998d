// Cost files, Inlay's and MAESTRO's: whatever the bytes are, the answer is a table or an error of the user's.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inlay/base/error.hpp"
#include "inlay/cost/table/file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    inlay::cost::table::parse_table_file({reinterpret_cast<const char*>(data), size}, "fuzz.csv", "");
  } catch (const inlay::base::InputError&) {
  }
  return 0;
}
