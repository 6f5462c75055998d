// Hardware files of XRBench: whatever the bytes are, the answer is chiplets or an error of the user's.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inlay/base/error.hpp"
#include "inlay/importers/xrbench/accelerators.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    inlay::importers::xrbench::is_xrbench_hardware(text, "fuzz.m");
    inlay::importers::xrbench::xrbench_chiplets(text, "fuzz.m", "fuzz.m", {"ws_tuned32"});
  } catch (const inlay::base::InputError&) {
  }
  return 0;
}
