#include "inlay/schedule/schedule_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "inlay/base/error.hpp"
#include "inlay/schedule/constraint_fields.hpp"
#include "inlay/schedule/document_checks.hpp"
#include "inlay/schedule/json_reader.hpp"
#include "inlay/schedule/json_text.hpp"
#include "inlay/schedule/json_writer.hpp"
#include "inlay/schedule/problem_fields.hpp"
#include "inlay/schedule/shares.hpp"
#include "inlay/schedule/statement_fields.hpp"

namespace inlay::schedule {
namespace {

constexpr const char* kFormat = "inlay-schedule";
constexpr std::int64_t kVersion = 2;
constexpr std::int64_t kOldestVersion = 1;  // stages on single chiplets only

template <typename Archive>
void describe_origin(Archive& archive, Statement& statement) {
  archive.fixed("format", std::string(kFormat));
  std::int64_t version = kVersion;
  archive.integer("format_version", version, kOldestVersion, kVersion);
  archive.text("program_version", statement.program_version);
  archive.list("inputs", statement.inputs);
  archive.texts("assumptions", statement.assumptions);
}

template <typename Archive>
void describe_claims(Archive& archive, Statement& statement) {
  archive.object("metrics", statement.metrics);
  archive.optional("certificate", statement.certificate);
  archive.list("figures", statement.windows);
}

template <typename Archive>
void describe_costs(Archive& archive, Problem& problem) {
  archive.text("engine", problem.costs.engine);
  archive.text("engine_version", problem.costs.engine_version);
  archive.texts("assumptions", problem.costs.assumptions);
  archive.texts("refusals", problem.costs.refusals);
  std::size_t at = 0;
  archive.list("models", problem.costs.models, [&](auto& inner, cost::ModelCosts& costs) {
    if constexpr (Archive::kReading) {
      if (at >= problem.scenario.models.size()) {
        inner.fail("", fmt::format("the scenario has {} models only", problem.scenario.models.size()));
      }
    }
    describe_costs(inner, costs, problem.scenario.models.at(at), problem.package.types);
    ++at;
  });
  if constexpr (Archive::kReading) {
    if (at != problem.scenario.models.size()) {
      archive.fail("models", fmt::format("{} tables for {} models", at, problem.scenario.models.size()));
    }
  }
  auto shares = std::make_shared<cost::ShareCosts>();
  if constexpr (!Archive::kReading) {
    if (problem.costs.shares != nullptr) {
      *shares = *problem.costs.shares;
    }
  }
  const bool divided = archive.optional_part("shares", !shares->all().empty(), [&](auto& inner) {
    describe_shares(inner, *shares, problem.package.types);
  });
  if (divided) {
    problem.costs.shares = std::move(shares);
  }
}

/// What stages may run on; nothing is written where that is single chiplets.
template <typename Archive>
void describe_submeshes(Archive& archive, Problem& problem) {
  [[maybe_unused]] const bool present =
      archive.optional_part("submeshes", problem.submeshes != SubmeshFamily::kSingle, [&](auto& inner) {
        inner.word("family", problem.submeshes,
                   {to_string(SubmeshFamily::kSingle), to_string(SubmeshFamily::kTiles),
                    to_string(SubmeshFamily::kUniform), to_string(SubmeshFamily::kRectangles)});
        inner.integer("most_members", problem.most_members, 1, hardware::kMostMembers);
      });
}

template <typename Archive>
void describe_problem(Archive& archive, Problem& problem) {
  archive.word("communication", problem.communication,
               {to_string(Communication::kPaper), to_string(Communication::kShared),
                to_string(Communication::kContended)});
  archive.word("overlap", problem.overlap, overlap_words());
  problem.repeated = archive.optional_part("steady_state", problem.repeated, [&](auto& inner) {
    bool repeated = true;
    inner.boolean("repeated", repeated);
    if constexpr (Archive::kReading) {
      if (!repeated) {
        inner.fail("repeated", "true is expected; leave 'steady_state' out for a schedule that runs once");
      }
    }
  });
  describe_submeshes(archive, problem);
  archive.object("scenario", problem.scenario);
  if constexpr (Archive::kReading) {
    link_layers(archive, problem.scenario);
    check_dependencies(archive, problem.scenario);
  }
  archive.object("package", problem.package);
  if constexpr (Archive::kReading) {
    link_chiplets(archive, problem.package);
  }
  [[maybe_unused]] const bool present = archive.optional_part(
      "constraints", !problem.constraints.empty(),
      [&](auto& inner) { describe(inner, problem.constraints, problem.scenario, problem.package); });
  if constexpr (Archive::kReading) {
    if (present && problem.constraints.empty()) {
      archive.fail("constraints", "nothing is demanded; leave the key out");
    }
  }
  archive.part("costs", [&](auto& inner) { describe_costs(inner, problem); });
  if constexpr (Archive::kReading) {
    check_costs(archive, problem);
  }
}

/// What the writer would stumble over.
void check_indices(const ScheduleDocument& document) {
  const std::size_t models = document.problem.scenario.models.size();
  bool sound = document.problem.costs.models.size() == models;
  for (const Window& window : document.schedule.windows) {
    for (const Pipeline& pipeline : window.pipelines) {
      sound = sound && pipeline.model >= 0 && static_cast<std::size_t>(pipeline.model) < models;
    }
  }
  if (!sound) {
    throw base::DefectError("a schedule document names models that its problem does not have");
  }
}

}  // namespace

std::string write_document(const ScheduleDocument& document) {
  check_indices(document);
  // `describe` serves reading too and therefore asks for what it may change.
  ScheduleDocument copy = document;
  copy.problem.costs.shares =
      std::make_shared<const cost::ShareCosts>(used_shares(document.problem, document.schedule));
  JsonWriter writer;
  describe_origin(writer, copy.statement);
  describe_claims(writer, copy.statement);
  writer.part("schedule", [&](JsonWriter& inner) { describe(inner, copy.schedule, copy.problem); });
  // The problem last: it is the longest, and a reader looks for the schedule first.
  writer.part("problem", [&](JsonWriter& inner) { describe_problem(inner, copy.problem); });
  return pretty_json(writer.json());
}

ScheduleDocument read_document(const std::string& text, const std::string& file) {
  const nlohmann::ordered_json json = parse_json(text, file);
  ScheduleDocument document;
  JsonReader reader(json, "", file);
  describe_origin(reader, document.statement);
  reader.part("problem", [&](JsonReader& inner) { describe_problem(inner, document.problem); });
  reader.part("schedule", [&](JsonReader& inner) { describe(inner, document.schedule, document.problem); });
  describe_claims(reader, document.statement);
  reader.finish();
  return document;
}

}  // namespace inlay::schedule
