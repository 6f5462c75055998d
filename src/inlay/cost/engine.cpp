#include "inlay/cost/engine.hpp"

#include <array>

#include "inlay/cost/data_centric/engine.hpp"
#include "inlay/cost/maestro_engine.hpp"

namespace inlay::cost {
namespace {

struct Registration {
  const char* name;
  std::unique_ptr<CostEngine> (*make)();
};

/// One line per engine.
constexpr std::array kEngines = {
    Registration{"maestro", make_maestro_engine},
    Registration{"data-centric", make_data_centric_engine},
};

}  // namespace

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const Registration& engine : kEngines) {
    names.emplace_back(engine.name);
  }
  return names;
}

std::unique_ptr<CostEngine> make_engine(const std::string& name) {
  for (const Registration& engine : kEngines) {
    if (name == engine.name) {
      return engine.make();
    }
  }
  throw base::InputError("unknown engine '" + name + "'; " + base::allowed_values(name, engine_names()));
}

}  // namespace inlay::cost
