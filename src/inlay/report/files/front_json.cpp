#include "inlay/report/files/front_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "inlay/base/version.hpp"
#include "inlay/schedule/json_reader.hpp"
#include "inlay/schedule/json_text.hpp"

namespace inlay::report::files {
namespace {

using Json = nlohmann::ordered_json;
using schedule::JsonReader;

Json to_json(const search::FrontCertificate& certificate) {
  Json options = Json::array();
  for (const auto& [name, value] : certificate.options) {
    options.push_back({{"name", name}, {"value", value}});
  }
  return {{"strategy", certificate.strategy},
          {"gap", certificate.gap},
          {"proven", certificate.proven},
          {"least_latency", certificate.least_latency},
          {"least_energy", certificate.least_energy},
          {"space", certificate.space},
          {"stopped_by", certificate.stopped_by},
          {"seed", certificate.seed},
          {"evaluations", certificate.evaluations},
          {"seconds", certificate.seconds},
          {"options", std::move(options)}};
}

Json to_json(const text::FrontRow& row) {
  Json json = {
      {"latency", row.latency}, {"energy", row.energy}, {"edp", row.edp}, {"throughput", row.throughput}};
  if (!row.schedule_file.empty()) {
    json["schedule"] = row.schedule_file;
  }
  return json;
}

void read_certificate(JsonReader& reader, search::FrontCertificate& certificate) {
  reader.text("strategy", certificate.strategy);
  reader.number("gap", certificate.gap);
  reader.boolean("proven", certificate.proven);
  reader.number("least_latency", certificate.least_latency);
  reader.number("least_energy", certificate.least_energy);
  reader.text("space", certificate.space);
  reader.text("stopped_by", certificate.stopped_by);
  reader.natural("seed", certificate.seed);
  reader.integer("evaluations", certificate.evaluations, 0);
  reader.number("seconds", certificate.seconds);
  reader.list("options", certificate.options,
              [](JsonReader& inner, std::pair<std::string, std::string>& option) {
                inner.text("name", option.first);
                inner.text("value", option.second);
              });
}

void read_row(JsonReader& reader, text::FrontRow& row) {
  reader.number("latency", row.latency, true);
  reader.number("energy", row.energy);
  reader.number("edp", row.edp);
  reader.number("throughput", row.throughput, true);
  reader.text("schedule", row.schedule_file);
  if (row.schedule_file.empty() || row.schedule_file.find_first_of("/\\") != std::string::npos) {
    reader.fail("schedule", fmt::format("the name of a file in the same folder is expected, not '{}'",
                                        row.schedule_file));
  }
}

}  // namespace

std::string front_json(const text::FrontTable& front) {
  Json points = Json::array();
  for (const text::FrontRow& row : front.rows) {
    points.push_back(to_json(row));
  }
  const Json json = {{"format", "inlay-front"},
                     {"format_version", 1},
                     {"program_version", base::version()},
                     {"scenario", front.scenario},
                     {"package", front.package},
                     {"engine", front.engine},
                     {"communication", front.communication},
                     {"assumptions", front.assumptions},
                     {"certificate", to_json(front.certificate)},
                     {"points", std::move(points)}};
  return schedule::pretty_json(json);
}

text::FrontTable read_front(const std::string& text, const std::string& file, std::string& program_version) {
  const Json json = schedule::parse_json(text, file);
  JsonReader reader(json, "", file);
  text::FrontTable front;
  reader.fixed("format", "inlay-front");
  reader.fixed("format_version", 1);
  reader.text("program_version", program_version);
  reader.text("scenario", front.scenario);
  reader.text("package", front.package);
  reader.text("engine", front.engine);
  reader.text("communication", front.communication);
  reader.texts("assumptions", front.assumptions);
  reader.part("certificate", [&](JsonReader& inner) { read_certificate(inner, front.certificate); });
  reader.list("points", front.rows, [](JsonReader& inner, text::FrontRow& row) { read_row(inner, row); });
  if (front.rows.empty()) {
    reader.fail("points", "at least one point is expected");
  }
  reader.finish();
  return front;
}

}  // namespace inlay::report::files
