#include "inlay/cost/engines.hpp"

#include <array>

#include "inlay/base/error.hpp"
#include "inlay/cost/data_centric/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/cost/maestro/engine.hpp"
#include "inlay/cost/roofline/engine.hpp"
#include "inlay/cost/table/engine.hpp"

namespace inlay::cost {
namespace {

struct Registration {
  const char* name;
  std::unique_ptr<CostEngine> (*make)(Tuning tuning);
  /// For engines that read files, which are named after a colon.
  std::unique_ptr<CostEngine> (*make_from)(const std::string& files) = nullptr;
};

/// For engines that tune nothing.
template <std::unique_ptr<CostEngine> (*make)()>
std::unique_ptr<CostEngine> untuned(Tuning /*tuning*/) {
  return make();
}

/// One line per engine.
constexpr std::array kEngines = {
    Registration{"maestro", untuned<maestro::make_engine>},
    Registration{"data-centric", data_centric::make_engine},
    Registration{"roofline", untuned<roofline::make_engine>},
    Registration{"table", nullptr, table::make_engine},
};

}  // namespace

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const Registration& engine : kEngines) {
    names.emplace_back(engine.name);
  }
  return names;
}

std::unique_ptr<CostEngine> make_engine(const std::string& text, Tuning tuning) {
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  const std::string files = colon == std::string::npos ? "" : text.substr(colon + 1);
  for (const Registration& engine : kEngines) {
    if (name != engine.name) {
      continue;
    }
    if (engine.make_from != nullptr) {
      if (files.empty()) {
        throw base::InputError("engine '" + name + "' reads a file: " + name + ":FILE.csv is expected");
      }
      return engine.make_from(files);
    }
    if (colon != std::string::npos) {
      throw base::InputError("engine '" + name + "' reads no file, but one is named: '" + text + "'");
    }
    return engine.make(tuning);
  }
  throw base::InputError("unknown engine '" + name + "'; " + base::allowed_values(name, engine_names()));
}

}  // namespace inlay::cost
