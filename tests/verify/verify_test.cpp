#include "inlay/verify/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "support/documents.hpp"

namespace inlay::verify {
namespace {

using schedule::ScheduleDocument;
using ::testing::HasSubstr;

/// All errors, one to a line.
std::string errors_of(const Verdict& verdict) {
  std::string text;
  for (const Finding& finding : verdict.findings) {
    if (finding.severity == Severity::kError) {
      text += finding.place + ": " + finding.message + "\n";
    }
  }
  EXPECT_EQ(text.empty(), verdict.valid);
  return text;
}

/// The errors in the worked example after a change.
std::string after(const std::function<void(ScheduleDocument&)>& change) {
  ScheduleDocument document = inlay::testing::worked_example_document();
  change(document);
  return errors_of(verify(document));
}

schedule::Pipeline& pipeline(ScheduleDocument& document) {
  return document.schedule.windows[0].pipelines[0];
}

TEST(Verify, AcceptsTheWorkedExample) {
  const Verdict verdict = verify(inlay::testing::worked_example_document());
  EXPECT_EQ(errors_of(verdict), "");
  ASSERT_TRUE(verdict.cost.has_value());
  EXPECT_NEAR(verdict.cost->latency, 28010e-9, 1e-17);
  ASSERT_TRUE(verdict.root_bounds.has_value());
  EXPECT_LE(verdict.root_bounds->latency, verdict.cost->latency);
}

TEST(Verify, AcceptsWhatTheReferenceEvaluatorSays) {
  int accepted = 0;
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    base::Random random(seed);
    ScheduleDocument document;
    document.problem = inlay::testing::random_problem(random);
    document.schedule = inlay::testing::random_schedule(random, document.problem);
    try {
      document = inlay::testing::document_of(document.problem, document.schedule);
      ASSERT_EQ(errors_of(verify(document)), "") << "seed " << seed;
      ++accepted;
    } catch (const base::InfeasibleError& error) {
      ASSERT_EQ(errors_of(verify(document)), std::string("schedule: ") + error.what() + "\n");
      ++refused;
    }
  }
  EXPECT_GT(accepted, 500);
  EXPECT_GT(refused, 20);
}

TEST(Verify, Constraints) {
  using schedule::Constraints;
  const auto with = [](const std::function<void(Constraints&)>& demand) {
    return after([&](ScheduleDocument& document) { demand(document.problem.constraints); });
  };
  EXPECT_EQ(with([](Constraints& all) {
              all.pins = {{0, 0, 1, {0}}, {0, 1, 3, {1}}};
              all.bans = {};
              all.mini_batches = {{0, 1}};
              all.caps = {{0, 2}};
              all.latency_limits = {{0, 28010e-9}};
            }),
            "");
  EXPECT_THAT(
      with([](Constraints& all) {
        all.pins = {{0, 0, 2, {0}}};
      }),
      HasSubstr("schedule: window 0: pin of model 'chain', layers 'layer1' to 'layer2', to chiplet c0"));
  EXPECT_THAT(with([](Constraints& all) {
                all.bans = {{-1, {1}}};
              }),
              HasSubstr("schedule: window 0: chiplet c1 forbidden to all models is broken"));
  EXPECT_THAT(with([](Constraints& all) {
                all.mini_batches = {{0, 4}};
              }),
              HasSubstr("schedule: window 0: mini-batch 4 of model 'chain' is broken"));
  EXPECT_THAT(with([](Constraints& all) {
                all.caps = {{0, 1}};
              }),
              HasSubstr("schedule: window 0: at most 1 chiplet at a time for model 'chain' is broken"));
  EXPECT_THAT(with([](Constraints& all) {
                all.latency_limits = {{0, 28e-6}};
              }),
              HasSubstr("schedule: latency limit 28 us of model 'chain' is broken: it is done after 28.01"));
  EXPECT_THAT(after([](ScheduleDocument& document) {
                document.problem.scenario.models.push_back(document.problem.scenario.models.front());
                document.problem.scenario.models.back().name = "second";
                document.problem.costs.models.push_back(document.problem.costs.models.front());
                document.schedule.windows.insert(document.schedule.windows.begin(), {{{1, 1, {{0, 3, 0}}}}});
                document.problem.constraints.dependencies = {{1, 0}};
              }),
              HasSubstr("schedule: model 'second' after model 'chain' is broken"));
}

TEST(Verify, StructureAndPromises) {
  EXPECT_THAT(after([](auto& document) { pipeline(document).stages[1].first = 2; }),
              HasSubstr("schedule: window 0, model 'chain': layers 1 to 1 are missing"));
  EXPECT_THAT(after([](auto& document) { pipeline(document).stages[1].last = 2; }),
              HasSubstr("model 'chain': 2 of its 3 layers are scheduled"));
  EXPECT_THAT(after([](auto& document) { pipeline(document).stages[1].first = 0; }),
              HasSubstr("layer 0 stands there twice or out of order"));
  EXPECT_THAT(after([](auto& document) { pipeline(document).stages[1].submesh = 0; }),
              HasSubstr("chiplet 'c0' holds more than one stage"));
  EXPECT_THAT(after([](auto& document) { pipeline(document).mini_batch = 3; }), HasSubstr("mini-batch 3"));
  EXPECT_THAT(
      after([](auto& document) { document.schedule.windows.push_back(document.schedule.windows[0]); }),
      HasSubstr("layer 0 stands there twice"));
  EXPECT_THAT(after([](auto& document) { document.schedule.windows.clear(); }),
              HasSubstr("model 'chain': 0 of its 3 layers are scheduled"));
}

TEST(Verify, StagesApartWhereNeighboursArePromised) {
  schedule::Problem problem = inlay::testing::worked_example();
  problem.package.chiplets.push_back({"c2", 0, 0, 2});
  problem.package.links.emplace_back(1, 2);
  hardware::derive_routes(problem.package);
  const schedule::Schedule apart = {{{{{0, 1, {{0, 1, 0}, {1, 3, 2}}}}}}, true};
  ScheduleDocument document = inlay::testing::document_of(problem, apart);
  EXPECT_THAT(errors_of(verify(document)), HasSubstr("stages 0 and 1 stand on chiplets 'c0' and 'c2'"));
  document.schedule.adjacent_stages = false;
  EXPECT_EQ(errors_of(verify(document)), "");
}

TEST(Verify, CapacityNamesTheLimit) {
  EXPECT_THAT(
      after([](auto& document) { document.problem.costs.models[0].entries[0].tile_bytes = 2'000'000; }),
      HasSubstr("schedule: model 'chain', layer 'layer1': needs"));
}

TEST(Verify, CountsThatLeave64BitsAreFindings) {
  EXPECT_THAT(after([](auto& document) {
                for (cost::LayerCost& entry : document.problem.costs.models[0].entries) {
                  entry.cycles = std::numeric_limits<std::int64_t>::max();
                }
              }),
              HasSubstr("problem: a 64-bit count overflowed"));
}

/// Every number and flag of a document's claims, changed one at a time, in its JSON.
TEST(Verify, EveryChangedClaimIsFound) {
  using Json = nlohmann::json;
  const Json sound = Json::parse(schedule::write_document(inlay::testing::worked_example_document()));
  int changed = 0;
  for (const char* part : {"/metrics", "/figures"}) {
    const Json flat = sound[Json::json_pointer(part)].flatten();
    for (const auto& [path, value] : flat.items()) {
      Json json = sound;
      Json& field = json[Json::json_pointer(part + path)];
      if (value.is_boolean()) {
        field = !value.get<bool>();
      } else if (value.is_number_float()) {
        field = value.get<double>() * (1 + 3e-9);
      } else if (value.is_number()) {
        field = value.get<std::int64_t>() + 1;
      } else {
        field = Json::array({1});  // the tensors that are spilled: none
      }
      // What stands there as a whole number may be a time or an energy of 0.
      const ScheduleDocument document = schedule::read_document(json.dump(), "changed.json");
      const Verdict verdict = verify(document);
      EXPECT_FALSE(verdict.valid) << part << path;
      std::string place = part + path;
      place = place.substr(1);
      bool named = false;
      for (const Finding& finding : verdict.findings) {
        std::string found = finding.place;
        std::replace(found.begin(), found.end(), '.', '/');
        std::replace(found.begin(), found.end(), '[', '/');
        found.erase(std::remove(found.begin(), found.end(), ']'), found.end());
        named = named || (finding.severity == Severity::kError && found == place);
      }
      EXPECT_TRUE(named) << part << path;
      ++changed;
    }
  }
  EXPECT_GT(changed, 70);
}

TEST(Verify, RoundingIsForgiven) {
  EXPECT_EQ(after([](auto& document) {
              document.statement.metrics.latency *= 1 + 1e-12;
              document.statement.windows[0].pipelines[0].stages[1].energy.memory *= 1 - 1e-12;
            }),
            "");
}

TEST(Verify, FiguresThatAreMissingOrTooMany) {
  EXPECT_EQ(after([](auto& document) { document.statement.windows.clear(); }),
            "figures: there are more or fewer figures than the schedule has parts\n");
  EXPECT_THAT(after([](auto& document) { document.statement.windows[0].pipelines[0].stages.pop_back(); }),
              HasSubstr("figures[0].pipelines[0].stages: there are more or fewer"));
  EXPECT_THAT(after([](auto& document) { document.statement.windows[0].pipelines.clear(); }),
              HasSubstr("figures[0].pipelines: there are more or fewer"));
}

TEST(Verify, ClaimsBelowTheRootBoundAreCalledImpossible) {
  const std::string errors = after([](auto& document) {
    document.statement.metrics.latency = 1e-9;
    document.statement.metrics.energy.total = 1e-9;
  });
  EXPECT_THAT(errors, HasSubstr("metrics.latency: 1e-09 is below"));
  EXPECT_THAT(errors, HasSubstr("metrics.energy.total: 1e-09 is below"));
  EXPECT_THAT(errors, HasSubstr("which no schedule of this problem can be (binding: "));
}

TEST(Verify, SharedMemoryBindsAndSoMayBeItsBottleneck) {
  schedule::Problem problem = inlay::testing::worked_example();
  problem.communication = schedule::Communication::kShared;
  // Two models that only load weights, side by side: the memory serves both, one after the other.
  problem.scenario.models.push_back(problem.scenario.models[0]);
  problem.scenario.models[1].name = "other";
  problem.costs.models.push_back(problem.costs.models[0]);
  for (cost::ModelCosts& costs : problem.costs.models) {
    for (cost::LayerCost& entry : costs.entries) {
      entry.cycles = 0;
    }
  }
  const schedule::Schedule schedule = {{{{{0, 4, {{0, 3, 0}}}, {1, 4, {{0, 3, 1}}}}}}, true};
  ScheduleDocument document = inlay::testing::document_of(problem, schedule);
  ASSERT_EQ(document.statement.windows[0].bottleneck, -1);
  EXPECT_EQ(errors_of(verify(document)), "");
  document.statement.windows[0].bottleneck = 1;
  EXPECT_EQ(errors_of(verify(document)), "figures[0].bottleneck: 1 is claimed, -1 is right\n");
}

TEST(Verify, EqualPipelinesMayEitherBeTheBottleneck) {
  schedule::Problem problem = inlay::testing::worked_example();
  problem.package.types[1] = problem.package.types[0];
  problem.package.chiplets[1].type = 0;
  problem.package.interfaces.push_back({"m1", 1});
  hardware::derive_routes(problem.package);
  problem.scenario.models.push_back(problem.scenario.models[0]);
  problem.scenario.models[1].name = "other";
  problem.costs.models.push_back(problem.costs.models[0]);
  const schedule::Schedule schedule = {{{{{0, 4, {{0, 3, 0}}}, {1, 4, {{0, 3, 1}}}}}}, true};
  ScheduleDocument document = inlay::testing::document_of(problem, schedule);
  for (const int claimed : {0, 1}) {
    document.statement.windows[0].bottleneck = claimed;
    EXPECT_EQ(errors_of(verify(document)), "");
  }
  for (const int claimed : {-1, 2}) {
    document.statement.windows[0].bottleneck = claimed;
    EXPECT_THAT(errors_of(verify(document)), HasSubstr("figures[0].bottleneck"));
  }
}

std::string note_on(const Verdict& verdict, const std::string& place) {
  for (const Finding& finding : verdict.findings) {
    if (finding.severity == Severity::kNote && finding.place == place) {
      return finding.message;
    }
  }
  return "";
}

TEST(Certificate, ArithmeticIsRedone) {
  EXPECT_THAT(after([](auto& document) { document.statement.certificate->lower_bound = 1.0; }),
              HasSubstr("certificate.lower_bound: the lower bound 1 is above the value"));
  EXPECT_THAT(after([](auto& document) { document.statement.certificate->gap = 0.4; }),
              HasSubstr("certificate.gap: 0.4 is claimed, 0.5 is right"));
  EXPECT_THAT(
      after([](auto& document) { document.statement.certificate->proven = true; }),
      HasSubstr("certificate.proven: a proof is claimed, but value and lower bound leave a gap of 0.5"));
  EXPECT_THAT(after([](auto& document) { document.statement.certificate->value *= 1.1; }),
              HasSubstr("certificate.value: "));
}

TEST(Certificate, EachObjectiveHasItsOwnValue) {
  for (const std::string objective : {"latency", "throughput", "energy", "edp"}) {
    ScheduleDocument document = inlay::testing::worked_example_document();
    const schedule::MetricsClaim& metrics = document.statement.metrics;
    schedule::CertificateClaim& certificate = *document.statement.certificate;
    certificate.objective = objective;
    certificate.value = objective == "edp"      ? metrics.edp
                        : objective == "energy" ? metrics.energy.total
                                                : metrics.latency;
    certificate.lower_bound = certificate.value;
    certificate.gap = 0.0;
    certificate.proven = true;
    EXPECT_EQ(errors_of(verify(document)), "") << objective;
    EXPECT_THAT(note_on(verify(document), "certificate.lower_bound"),
                HasSubstr("is claimed by search for the space 'one window'"));
    certificate.value *= 2;
    EXPECT_NE(errors_of(verify(document)), "") << objective;
  }
}

TEST(Certificate, LowerBoundsUpToTheRootBoundAreConfirmed) {
  ScheduleDocument document = inlay::testing::worked_example_document();
  schedule::CertificateClaim& certificate = *document.statement.certificate;
  certificate.lower_bound = evaluate::root_bounds(document.problem).latency;
  certificate.gap = (certificate.value - certificate.lower_bound) / certificate.value;
  const Verdict verdict = verify(document);
  EXPECT_EQ(errors_of(verdict), "");
  EXPECT_THAT(note_on(verdict, "certificate.lower_bound"), HasSubstr("is confirmed: the root bound is"));
}

TEST(Certificate, FormulasAreComputedAgain) {
  ScheduleDocument document = inlay::testing::worked_example_document();
  schedule::CertificateClaim& certificate = *document.statement.certificate;
  certificate.objective = "latency * latency * energy";
  const schedule::MetricsClaim& metrics = document.statement.metrics;
  certificate.value = metrics.latency * metrics.latency * metrics.energy.total;
  certificate.lower_bound = certificate.value * 1e-3;
  certificate.gap = 1.0 - 1e-3;
  EXPECT_EQ(errors_of(verify(document)), "");
  EXPECT_THAT(note_on(verify(document), "certificate.lower_bound"), HasSubstr("is confirmed"));
  certificate.value *= 1.01;
  certificate.gap = (certificate.value - certificate.lower_bound) / certificate.value;
  EXPECT_THAT(errors_of(verify(document)), HasSubstr("certificate.value"));
}

TEST(Certificate, OfAFormulaWithoutProofHasNoBoundToConfirm) {
  ScheduleDocument document = inlay::testing::worked_example_document();
  schedule::CertificateClaim& certificate = *document.statement.certificate;
  certificate.objective = "abs(latency - 1)";
  certificate.value = 1.0 - document.statement.metrics.latency;
  certificate.lower_bound = certificate.value / 2;
  certificate.gap = 0.5;
  EXPECT_EQ(errors_of(verify(document)), "");
  EXPECT_THAT(note_on(verify(document), "certificate.lower_bound"), HasSubstr("is claimed by search"));
}

TEST(Certificate, OfAnUnknownObjectiveIsNotConfirmed) {
  ScheduleDocument document = inlay::testing::worked_example_document();
  document.statement.certificate->objective = "speed";
  const Verdict verdict = verify(document);
  EXPECT_EQ(errors_of(verdict), "");
  EXPECT_THAT(note_on(verdict, "certificate.objective"), HasSubstr("claimed by search, not confirmed"));
}

TEST(Verify, NotesAnotherVersion) {
  ScheduleDocument document = inlay::testing::worked_example_document();
  document.statement.program_version = "0.0.1";
  const Verdict verdict = verify(document);
  EXPECT_TRUE(verdict.valid);
  EXPECT_THAT(note_on(verdict, "program_version"), HasSubstr("written by version 0.0.1"));
}

/// docs/formats-schedule.md shows the worked example of docs/model.md as a file.
TEST(Verify, TheExampleOfTheDocumentationIsTheWorkedExample) {
  const std::string page = base::read_file(SOURCE_DIR "/docs/formats-schedule.md");
  const std::size_t begin = page.find("```json\n");
  const std::size_t end = page.find("```\n", begin + 8);
  ASSERT_NE(end, std::string::npos);
  const std::string text = page.substr(begin + 8, end - begin - 8);
  const ScheduleDocument document = schedule::read_document(text, "formats-schedule.md");
  const Verdict verdict = verify(document);
  EXPECT_EQ(errors_of(verdict), "");
  EXPECT_NEAR(document.statement.metrics.latency, 28010e-9, 1e-17);
  EXPECT_NEAR(document.statement.metrics.energy.total, 91.76e-6, 1e-17);
  EXPECT_EQ(schedule::write_document(document), text);
}

}  // namespace
}  // namespace inlay::verify
