#include "inlay/importers/maestro/chiplet.hpp"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "inlay/base/error.hpp"
#include "inlay/importers/maestro/hardware_file.hpp"

namespace inlay::importers::maestro {
namespace {

std::string yaml_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string plain(std::string name) {
  for (char& c : name) {
    c = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ? c : '_';
  }
  return name.empty() || name.front() == '.' ? "chiplet" : name;
}

}  // namespace

bool is_maestro_hardware(std::string_view text) {
  return text.find('{') == std::string_view::npos && text.find(':') != std::string_view::npos;
}

ImportedFile maestro_chiplet(std::string_view text, const std::string& file, const std::string& source,
                             const std::vector<std::string>& dataflows) {
  const maestro::HardwareFile hardware = maestro::read_maestro_hardware(text, file);
  if (dataflows.size() != 1) {
    throw base::InputError(fmt::format(
        "{}: a hardware file names no dataflow: say --dataflow NAME, such as ws_tuned, once", file));
  }
  if (hardware.l1_bytes.value_or(0) < 1 || hardware.l2_bytes.value_or(0) < 1 ||
      hardware.hardware.noc_bandwidth == cost::maestro::kUnlimitedBandwidth) {
    throw base::InputError(fmt::format(
        "{}: a chiplet has an L1, an L2 and a NoC of some bandwidth: the file must state l1_size_cstr, "
        "l2_size_cstr and noc_bw_cstr (GAMMA: L1Size, L2Size and NoC_BW), at least 1",
        file));
  }
  const std::string outside =
      hardware.hardware.offchip_bandwidth != cost::maestro::kUnlimitedBandwidth
          ? fmt::format(" Its {} bytes per cycle to the outside are a package's matter.",
                        hardware.hardware.offchip_bandwidth)
          : "";
  const std::string told = fmt::format(
      "{}, a hardware file of MAESTRO. Clock: 1 GHz, as MAESTRO has it.{} Dataflow: chosen when the file was "
      "imported.",
      source, outside);
  const std::string name = plain(std::filesystem::path(source).stem().string());
  return {name + ".yaml",
          fmt::format(
              "name: {}\nsource: {}\ndataflow: {}\npes: {}\nl1: {} B\nl2: {} B\nnoc_bandwidth: {} B/cycle\n"
              "noc_hops: {}\nclock: 1 GHz\nenergy: maestro\n",
              yaml_text(name), yaml_text(told), yaml_text(dataflows.front()), hardware.hardware.pes,
              *hardware.l1_bytes, *hardware.l2_bytes, hardware.hardware.noc_bandwidth,
              hardware.hardware.noc_hops)};
}

}  // namespace inlay::importers::maestro
