#include "inlay/report/text/inputs_text.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "inlay/base/counted.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/hardware/drawing.hpp"
#include "inlay/report/figures/timing.hpp"
#include "inlay/report/text/text_table.hpp"
#include "inlay/workload/description.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::report::text {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// "1.814 GMACs".
std::string count_of(std::int64_t number, const std::string& unit) {
  return base::format_count(static_cast<double>(number)) + unit;
}

std::string bytes(std::int64_t number) {
  return base::format_bytes(static_cast<double>(number));
}

void add_directives(Pairs& pairs, const std::string& section,
                    const std::vector<dataflow::Directive>& directives) {
  std::string head = section;
  for (const dataflow::Directive& directive : directives) {
    pairs.emplace_back(head, dataflow::to_string(directive));
    head.clear();
  }
}

/// One energy, or what it is at each size that the table gives.
template <typename Size>
std::string energy_by_size(double constant, const std::vector<hardware::EnergyPoint>& points,
                           const std::string& unit, const Size& size) {
  if (points.empty()) {
    return base::format_energy(constant) + unit;
  }
  std::string text;
  for (const hardware::EnergyPoint& point : points) {
    text += fmt::format("{}{}{} at {}", text.empty() ? "" : ", ", base::format_energy(point.energy), unit,
                        size(point.size));
  }
  return text;
}

}  // namespace

std::string model_text(const workload::Model& model) {
  Pairs pairs = {{"model", model.name}};
  if (!model.description.empty()) {
    pairs.emplace_back("description", model.description);
  }
  if (!model.source.empty()) {
    pairs.emplace_back("source", model.source);
  }
  for (const auto& [name, value] : model.settings) {
    pairs.emplace_back("parameter", fmt::format("{} = {}", name, value));
  }
  pairs.emplace_back(
      "per sample",
      fmt::format("{}, {}, {} of activations", base::counted(model.layers.size(), "layer"),
                  count_of(workload::macs(model), "MACs"), bytes(workload::activation_bytes(model))));
  pairs.emplace_back("learned",
                     fmt::format("{} parameters, {} of weights to load", workload::parameters(model),
                                 bytes(workload::weight_bytes(model))));

  TextTable table({{"layer", Align::kLeft},
                   {"operator", Align::kLeft},
                   {"MACs", Align::kRight},
                   {"weights", Align::kRight},
                   {"shape", Align::kLeft},
                   {"reads", Align::kLeft}});
  for (const workload::LayerRow& row : workload::layer_table(model)) {
    table.add({row.name, row.op, count_of(row.macs, ""), bytes(row.weight_bytes), row.shape, row.inputs});
  }
  return text_of_pairs(pairs) + "\n" + table.text();
}

std::string scenario_text(const workload::Scenario& scenario) {
  Pairs pairs = {{"scenario", scenario.name}};
  if (!scenario.description.empty()) {
    pairs.emplace_back("description", scenario.description);
  }
  pairs.emplace_back("source", scenario.source);
  TextTable table({{"model", Align::kLeft},
                   {"batch", Align::kRight},
                   {"layers", Align::kRight},
                   {"MACs of the batch", Align::kRight},
                   {"weights", Align::kRight},
                   {"when", Align::kLeft}});
  for (std::size_t i = 0; i < scenario.models.size(); ++i) {
    const workload::ScenarioModel& entry = scenario.models[i];
    table.add({entry.name, std::to_string(entry.batch), std::to_string(entry.model.layers.size()),
               base::format_count(static_cast<double>(workload::macs(entry.model)) *
                                  static_cast<double>(entry.batch)),
               bytes(workload::weight_bytes(entry.model)), figures::wanted_timing(scenario, i)});
  }
  return fmt::format("{}\n{}\n{} in all\n", text_of_pairs(pairs), table.text(),
                     count_of(workload::macs(scenario), "MACs"));
}

std::string package_text(const hardware::Package& package) {
  const auto rows = hardware::type_table(package);
  std::vector<Column> columns;
  for (const std::string& title : rows.front()) {
    columns.push_back({title, Align::kLeft});
  }
  TextTable types(std::move(columns));
  for (std::size_t i = 1; i < rows.size(); ++i) {
    types.add(rows[i]);
  }
  return fmt::format("{}\n{}\n{}", text_of_pairs(hardware::describe(package)), hardware::draw(package),
                     types.text());
}

std::string chiplet_text(const hardware::ChipletType& type) {
  return text_of_pairs(hardware::describe(type));
}

std::string dataflow_text(const dataflow::Dataflow& dataflow) {
  Pairs pairs = {{"dataflow", dataflow.name},
                 {"description", dataflow.description},
                 {"source", dataflow.source},
                 {"stationary", dataflow.stationary}};
  add_directives(pairs, "convolution", dataflow.convolution);
  add_directives(pairs, "GEMM", dataflow.gemm);
  if (dataflow.gemm.empty()) {
    pairs.emplace_back("GEMM", dataflow.token_layout == dataflow::TokenLayout::kColumn
                                   ? "as a 1x1 convolution, rows along Y"
                                   : "as a 1x1 convolution, rows folded to a rectangle Y x X");
  }
  return text_of_pairs(pairs);
}

std::string energy_text(const hardware::EnergyTable& table) {
  const hardware::EnergyScaling& scaling = table.scaling;
  const auto in_bytes = [](double size) { return base::format_bytes(size); };
  const auto in_bits = [](double size) { return fmt::format("{} bits", size); };
  std::vector<std::pair<std::string, std::string>> pairs = {{"energy table", table.name},
                                                            {"source", table.source},
                                                            {"MAC (8 bits)", base::format_energy(table.mac)}};
  if (!scaling.multiply.empty()) {
    pairs.emplace_back("multiplication", energy_by_size(0.0, scaling.multiply, "", in_bits));
    pairs.emplace_back("addition", energy_by_size(0.0, scaling.add, "", in_bits));
  }
  pairs.emplace_back("L1 access", energy_by_size(table.l1_access, scaling.l1_access, "/B", in_bytes));
  pairs.emplace_back("L2 access", energy_by_size(table.l2_access, scaling.l2_access, "/B", in_bytes));
  pairs.emplace_back("NoC hop", base::format_energy(table.noc_hop) + "/B");
  pairs.emplace_back("vector operation (8 bits)", base::format_energy(table.vector_operation));
  return text_of_pairs(pairs);
}

}  // namespace inlay::report::text
