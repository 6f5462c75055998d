// inlay verify: is a schedule valid, and are its numbers right?
#include "inlay/verify/verify.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "inlay/base/file.hpp"
#include "inlay/schedule/schedule_json.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string file;
  bool json = false;
};

std::string findings_json(const verify::Verdict& verdict) {
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const verify::Finding& finding : verdict.findings) {
    findings.push_back({{"severity", verify::to_string(finding.severity)},
                        {"place", finding.place},
                        {"message", finding.message}});
  }
  const nlohmann::ordered_json json = {{"valid", verdict.valid}, {"findings", std::move(findings)}};
  return json.dump(2) + "\n";
}

std::string findings_text(const std::string& file, const verify::Verdict& verdict) {
  std::string text;
  for (const verify::Finding& finding : verdict.findings) {
    text += fmt::format("{}: {}: {}\n", verify::to_string(finding.severity), finding.place, finding.message);
  }
  return text + fmt::format("{}: {}\n", file, verdict.valid ? "valid" : "not valid");
}

int run(const Options& options) {
  const verify::Verdict verdict =
      verify::verify(schedule::read_document(base::read_file(options.file), options.file));
  fmt::print("{}", options.json ? findings_json(verdict) : findings_text(options.file, verdict));
  return verdict.valid ? 0 : 1;
}

}  // namespace

void add_verify(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(program, "verify",
                  "Says whether a schedule is valid and its numbers are right (exit code 0 or 1)",
                  "inlay verify inlay-out/schedule.json");
  command.positional("SCHEDULE.json", options->file, "a schedule that 'inlay schedule --out' wrote");
  command.flag("--json", options->json, "print JSON alone");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
