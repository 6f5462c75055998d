// Hardware files of MAESTRO: whatever the bytes are, the answer is hardware or an error of the user's.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inlay/importers/maestro/hardware_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    inlay::importers::maestro::read_maestro_hardware({reinterpret_cast<const char*>(data), size}, "fuzz.m");
  } catch (const inlay::base::InputError&) {
  }
  return 0;
}
