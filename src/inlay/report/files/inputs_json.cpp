#include "inlay/report/files/inputs_json.hpp"

#include <vector>

#include "inlay/schedule/json_writer.hpp"
#include "inlay/schedule/problem_fields.hpp"
#include "inlay/search/search.hpp"

namespace inlay::report::files {
namespace {

using Json = nlohmann::ordered_json;

/// The fields of a document are named for reading and writing alike, so that the writer wants a variable.
template <typename Value>
Json written(Value value) {
  schedule::JsonWriter writer;
  schedule::describe(writer, value);
  return writer.json();
}

Json points(const std::vector<hardware::EnergyPoint>& of) {
  Json list = Json::array();
  for (const hardware::EnergyPoint& point : of) {
    list.push_back(Json::array({point.size, point.energy}));
  }
  return list;
}

}  // namespace

Json input_json(const workload::Scenario& scenario) {
  return written(scenario);
}
Json input_json(const hardware::Package& package) {
  return written(package);
}
Json input_json(const hardware::ChipletType& type) {
  return written(type);
}
Json input_json(const dataflow::Dataflow& dataflow) {
  return written(dataflow);
}

Json input_json(const hardware::EnergyTable& table) {
  Json result = written(table);
  result["scaling"] = {{"l1_access", points(table.scaling.l1_access)},
                       {"l2_access", points(table.scaling.l2_access)},
                       {"multiply", points(table.scaling.multiply)},
                       {"add", points(table.scaling.add)}};
  return result;
}

Json strategy_json(const std::string& strategy) {
  Json options = Json::array();
  for (const search::OptionRecord& record : search::option_records_of(strategy)) {
    options.push_back({{"name", record.name},
                       {"default", record.default_value},
                       {"allowed", search::allowed_text(record)},
                       {"description", record.description}});
  }
  return {{"name", strategy},
          {"description", search::strategy_description(strategy)},
          {"options", std::move(options)}};
}

}  // namespace inlay::report::files
