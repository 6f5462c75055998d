// A user's formula: read, proven or not, and computed. Whatever the bytes are, the answer is a number or an
// error of the user's.
#include <cstddef>
#include <cstdint>
#include <string>

#include "inlay/base/error.hpp"
#include "inlay/objective/formula.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const inlay::objective::Formula formula(std::string(reinterpret_cast<const char*>(data), size));
    for (const double latency : {0.0, 1e-3, 2.0}) {
      formula.value(latency, 3.0 * latency, 12.0);
    }
  } catch (const inlay::base::InputError&) {
  }
  return 0;
}
