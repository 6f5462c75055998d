// inlay verify: is a schedule valid, and are its numbers right?
#include "inlay/verify/verify.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/report/figures/agreement.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/schedule/schedule_json.hpp"
#include "inlay/simulate/replay.hpp"
#include "shares.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string file;
  bool replay = false;
  std::string tolerance;
  bool json = false;
};

constexpr double kUsualTolerance = 0.1;

/// Holds the reported latency against a replay on shared links and memory.
void add_replay(const schedule::ScheduleDocument& document, double tolerance, verify::Verdict& verdict) {
  schedule::Problem problem = document.problem;
  problem.repeated = false;  // a replay is one pass
  const report::figures::AgreementRow schedule =
      report::figures::agreement(problem, evaluate::evaluate_reference(problem, document.schedule),
                                 simulate::replay(problem, document.schedule))
          .front();
  const bool within = std::abs(schedule.error()) <= tolerance;
  verdict.findings.push_back({within ? verify::Severity::kNote : verify::Severity::kError, "metrics.latency",
                              fmt::format("{}; tolerance {}", report::figures::to_string(schedule),
                                          report::figures::format_share(tolerance))});
  verdict.valid = verdict.valid && within;
}

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
  if (!options.replay && !options.tolerance.empty()) {
    throw base::InputError("--tolerance goes with --replay");
  }
  const double tolerance =
      options.tolerance.empty() ? kUsualTolerance : read_share("--tolerance", options.tolerance, "10%");
  const schedule::ScheduleDocument document =
      schedule::read_document(base::read_file(options.file), options.file);
  verify::Verdict verdict = verify::verify(document);
  if (options.replay && verdict.valid) {
    add_replay(document, tolerance, verdict);
  }
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
  command.flag("--replay", options->replay,
               "also replay the schedule on shared links and memory (see 'inlay simulate')");
  command.option("--tolerance", options->tolerance, "SHARE",
                 "with --replay: by how much of the replay the latency may be off; default: 10%");
  command.flag("--json", options->json, "print JSON alone");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
