// The page: well formed, self-contained, nothing of the user's becomes markup.
#include "inlay/report/page/page.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/report/page/gantt_svg.hpp"
#include "inlay/report/page/package_map_svg.hpp"
#include "report/page/markup_checker.hpp"
#include "support/documents.hpp"

namespace inlay {
namespace {

report::page::PageSchedule page_schedule(const std::string& file, schedule::ScheduleDocument document) {
  evaluate::ScheduleCost cost = evaluate::evaluate_reference(document.problem, document.schedule);
  return {file, std::move(document), std::move(cost)};
}

report::page::PageInput input_of(schedule::ScheduleDocument document) {
  report::page::PageInput input;
  input.program_version = "1.2.3";
  input.schedules.push_back(page_schedule("schedule.json", std::move(document)));
  return input;
}

/// Two rows with schedules and one without; the second is better.
report::page::PageInput compared_input() {
  report::page::PageInput input = input_of(testing::worked_example_document());
  schedule::ScheduleDocument other = testing::worked_example_document();
  other.schedule = {{{{{0, 1, {{0, 3, 0}}}}}}, true};
  input.schedules.push_back(page_schedule("other.json", std::move(other)));
  report::text::Comparison comparison;
  comparison.scenario = "worked-example";
  comparison.objective = objective::Objective::kLatency;
  for (const std::size_t i : {1, 0}) {
    const report::page::PageSchedule& schedule = input.schedules[i];
    search::Certificate certificate;
    certificate.value = schedule.cost.latency;
    comparison.rows.push_back(
        {i == 0 ? "two-chiplets" : "one-chiplet", "exact",
         report::text::comparison_result(schedule.document.problem, schedule.document.schedule, schedule.cost,
                                         certificate),
         "", schedule.file});
  }
  comparison.rows.push_back({"tiny", "exact", std::nullopt, "needs 5 MB of L2, which has 1 MB", ""});
  input.comparison = comparison;
  return input;
}

/// Two points, with a name that would be markup.
report::page::PageInput front_input() {
  report::page::PageInput input = input_of(testing::worked_example_document());
  const report::page::PageSchedule& schedule = input.schedules.front();
  report::text::FrontTable front;
  front.scenario = "<b>worked</b>";
  front.certificate.space = "a space of <i>two</i>";
  front.certificate.gap = 0.0123;
  front.certificate.least_latency = 0.9 * schedule.cost.latency;
  front.certificate.least_energy = 0.4 * schedule.cost.energy.total();
  const double energy = schedule.cost.energy.total();
  front.rows = {{schedule.cost.latency, energy, schedule.cost.edp(), 1.0, "schedule.json"},
                {1.1 * schedule.cost.latency, 0.5 * energy, 0.55 * schedule.cost.edp(), 0.9, "other.json"}};
  input.front = front;
  return input;
}

/// Well formed, and loads nothing.
std::string fault_of(const std::string& page) {
  std::string fault = testing::markup_fault(page);
  const std::string name_space = R"(xmlns="http://www.w3.org/2000/svg")";
  std::string without = page;
  for (std::size_t at = without.find(name_space); at != std::string::npos;
       at = without.find(name_space, at)) {
    without.erase(at, name_space.size());
  }
  for (const char* load : {"http:", "https:", "src=", "href=", "url(", "@import", "//cdn"}) {
    if (without.find(load) != std::string::npos) {
      fault += std::string(" loads with ") + load;
    }
  }
  return fault;
}

bool says(const std::string& page, const std::string& what) {
  return page.find(what) != std::string::npos;
}

TEST(MarkupChecker, FindsFaults) {
  EXPECT_EQ(testing::markup_fault("<!DOCTYPE html>\n<a b=\"c &amp; d\"><br/>x &lt; y</a>"), "");
  for (const char* wrong : {"<a>", "<a></b>", "</a>", "<a b=c></a>", "a & b", "a < b", "a > b",
                            "<a b=\"<\"/>", "<a b=\"1\" b=\"2\"/>", "<a", "<!-- x", "<style>"}) {
    EXPECT_NE(testing::markup_fault(wrong), "") << wrong;
  }
}

TEST(Page, WorkedExample) {
  const std::string page = report::page::report_page(input_of(testing::worked_example_document()));
  EXPECT_EQ(fault_of(page), "");
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  for (const char* what :
       {"worked-example", "28.01 us", "91.76 uJ", "50.00%", "what binds", "Inlay 1.2.3", "layer1",
        "layer2 .. layer3 (2)", "numbers of the worked example", "communication", "overlap"}) {
    EXPECT_TRUE(says(page, what)) << what;
  }
  EXPECT_EQ(page, report::page::report_page(input_of(testing::worked_example_document())));
}

TEST(Page, ComparisonMarksTheBestAndSaysWhyNot) {
  const std::string page = report::page::report_page(compared_input());
  EXPECT_EQ(fault_of(page), "");
  EXPECT_TRUE(says(page, "★ two-chiplets"));
  EXPECT_FALSE(says(page, "★ one-chiplet"));
  EXPECT_TRUE(says(page, "infeasible: needs 5 MB of L2, which has 1 MB"));
  EXPECT_TRUE(says(page, "<details>"));
}

TEST(Page, NothingFeasible) {
  report::page::PageInput input = compared_input();
  input.schedules.clear();
  input.comparison->rows = {input.comparison->rows[2]};
  const std::string page = report::page::report_page(input);
  EXPECT_EQ(fault_of(page), "");
  EXPECT_TRUE(says(page, "needs 5 MB of L2"));
}

TEST(Page, NoNameBecomesMarkup) {
  const std::string evil = "</title><script>alert('1')</script>\"&'<!--\x01";
  report::page::PageInput input = compared_input();
  input.comparison->scenario = evil;
  for (report::text::ComparisonRow& row : input.comparison->rows) {
    row.package += evil;
    row.strategy += evil;
    row.infeasible += evil;
  }
  for (report::page::PageSchedule& schedule : input.schedules) {
    schedule::Problem& problem = schedule.document.problem;
    problem.scenario.name = evil;
    problem.package.name = evil;
    problem.package.interfaces[0].name = evil;
    problem.costs.engine = evil;
    for (auto& entry : problem.scenario.models) {
      entry.name = evil;
      for (auto& layer : entry.model.layers) {
        layer.name = evil;
      }
      for (auto& tensor : entry.model.tensors) {
        tensor.name = evil;
      }
    }
    for (auto& chiplet : problem.package.chiplets) {
      chiplet.name = evil;
    }
    for (auto& type : problem.package.types) {
      type.name = evil;
    }
    schedule::Statement& statement = schedule.document.statement;
    statement.assumptions.push_back(evil);
    statement.inputs.push_back({evil, evil});
    statement.certificate->binds = evil;
    statement.certificate->space = evil;
  }
  const std::string page = report::page::report_page(input);
  EXPECT_EQ(fault_of(page), "");
  EXPECT_FALSE(says(page, "<script>alert"));
  EXPECT_FALSE(says(page, "\x01"));
  EXPECT_TRUE(says(page, "&lt;script&gt;alert"));
}

TEST(Page, OneChipletOneLayerOneSample) {
  base::Random random(7);
  schedule::Problem problem = testing::random_problem(random, {1, 1, 1, 1, 1});
  problem.package.types[0].l2_bytes = 1'000'000'000;
  for (auto& type : problem.package.types) {
    type.l2_bytes = 1'000'000'000;
  }
  const schedule::Schedule schedule = {{{{{0, 1, {{0, 1, 0}}}}}}, true};
  const std::string page = report::page::report_page(input_of(testing::document_of(problem, schedule)));
  EXPECT_EQ(fault_of(page), "");
  EXPECT_TRUE(says(page, "mini-batch 1 of 1"));
}

TEST(Page, RandomSchedules) {
  int seen = 0;
  EXPECT_TRUE(rc::check([&](std::uint64_t seed) {
    base::Random random(seed);
    const schedule::Problem problem = testing::random_problem(random, {3, 3, 3, 7, 40});
    const schedule::Schedule schedule = testing::random_schedule(random, problem);
    try {
      const std::string page = report::page::report_page(input_of(testing::document_of(problem, schedule)));
      RC_ASSERT(fault_of(page) == "");
      RC_ASSERT((page.find("nan") == std::string::npos && page.find("inf\"") == std::string::npos));
      ++seen;
    } catch (const base::InfeasibleError&) {
      return;  // does not fit L2
    }
  }));
  EXPECT_GT(seen, 20);
}

TEST(Drawings, StandOnTheirOwn) {
  const schedule::Problem problem = testing::worked_example();
  const schedule::Schedule schedule = testing::worked_example_schedule();
  const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, schedule);
  for (const std::string& svg :
       {report::page::package_map_svg(problem, schedule, cost, report::page::SvgUse::kStandalone),
        report::page::gantt_svg(problem, schedule, cost, report::page::SvgUse::kStandalone)}) {
    EXPECT_EQ(fault_of(svg), "");
    EXPECT_TRUE(svg.starts_with("<svg xmlns="));
    EXPECT_TRUE(says(svg, "<style>"));
    EXPECT_TRUE(says(svg, "chain, stage 1"));
  }
}

/// Wherever the places of the chiplets are, no two boxes coincide.
TEST(Drawings, PlacesThatCannotBeDrawnAreLaidOutInRows) {
  schedule::Problem problem = testing::worked_example();
  problem.package.chiplets[1].column = 0;
  const schedule::Schedule schedule = testing::worked_example_schedule();
  const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, schedule);
  const std::string svg =
      report::page::package_map_svg(problem, schedule, cost, report::page::SvgUse::kInline);
  const std::string box = "class=\"box t";
  std::set<std::string> places;  // x="..." y="..."
  for (std::size_t at = svg.find(box); at != std::string::npos; at = svg.find(box, at + 1)) {
    const std::size_t x = svg.find("x=", at);
    const std::size_t y = svg.find("y=\"", x);
    places.insert(svg.substr(x, svg.find('"', y + 3) - x));
  }
  EXPECT_EQ(places.size(), 2U);
}

TEST(Drawings, TextsAreAbbreviatedByLetterNotByByte) {
  EXPECT_EQ(report::page::abbreviated("short", 1000.0, 10.0), "short");
  EXPECT_EQ(report::page::abbreviated("abcdefghij", 30.0, 10.0), "abc…j");
  EXPECT_EQ(report::page::abbreviated("ääääääääää", 30.0, 10.0), "äää…ä");
  EXPECT_EQ(report::page::abbreviated("abcdefghij", 5.0, 10.0), "");
}

TEST(Page, ShowsAFrontWithWhatIsClaimedOfIt) {
  const std::string page = report::page::report_page(front_input());
  EXPECT_EQ(fault_of(page), "");
  EXPECT_NE(page.find("The front of latency and energy"), std::string::npos);
  EXPECT_NE(page.find("1.23%"), std::string::npos);
  EXPECT_EQ(page.find("<i>two</i>"), std::string::npos);
  EXPECT_NE(page.find("<circle"), std::string::npos);
  EXPECT_EQ(testing::markup_fault(report::page::picture(front_input(), "front")), "");
}

}  // namespace
}  // namespace inlay
