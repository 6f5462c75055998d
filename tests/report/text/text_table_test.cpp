#include "inlay/report/text/text_table.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "inlay/base/error.hpp"
#include "inlay/report/files/output_folder.hpp"
#include "inlay/report/text/csv.hpp"

namespace inlay::report {
namespace {

TEST(TextTable, AlignsColumns) {
  text::TextTable table(
      {{"name", text::Align::kLeft}, {"number", text::Align::kRight}, {"note", text::Align::kLeft}});
  table.add({"a", "1", "x"});
  table.add({"longer", "123456789", ""});
  EXPECT_EQ(table.text(),
            "name       number  note\n"
            "------  ---------  ----\n"
            "a               1  x\n"
            "longer  123456789\n");
  EXPECT_THROW(table.add({"too", "few"}), base::DefectError);
}

TEST(TextTable, WrapsTheLastColumnAtTheLineWidth) {
  text::TextTable table({{"name", text::Align::kLeft}, {"text", text::Align::kLeft}});
  std::string words;
  for (int i = 0; i < 60; ++i) {
    words += "word" + std::to_string(i) + " ";
  }
  table.add({"a", words});
  std::istringstream lines(table.text());
  std::string joined;
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_LE(line.size(), text::kLineWidth);
    if (count >= 2) {
      joined += line.substr(6) + " ";
    }
  }
  EXPECT_GT(count, 4);
  EXPECT_EQ(joined, words);
}

TEST(Wrapped, BreaksAtBlanksOnly) {
  EXPECT_EQ(text::wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(text::wrapped("incompressible x", 4), (std::vector<std::string>{"incompressible", "x"}));
  EXPECT_EQ(text::wrapped("", 4), std::vector<std::string>{""});
}

TEST(Csv, QuotesWhatMustBe) {
  EXPECT_EQ(text::csv_text({{"a", "b"}, {"1,2", "say \"x\""}, {"line\nfeed", ""}}),
            "a,b\n\"1,2\",\"say \"\"x\"\"\"\n\"line\nfeed\",\n");
}

TEST(Csv, NumbersReadBackAsTheSame) {
  for (const double value : {0.1, 1.0 / 3.0, 28010e-9, 2.5702e-9, 1e300}) {
    EXPECT_EQ(std::stod(text::csv_number(value)), value);
  }
}

TEST(OutputFolder, KnowsItsOwnFiles) {
  EXPECT_TRUE(files::is_ours("{\n  \"format\": \"inlay-schedule\",\n"));
  EXPECT_TRUE(files::is_ours("package,strategy,latency_s,throughput_per_s\n"));
  EXPECT_FALSE(files::is_ours(""));
  EXPECT_FALSE(files::is_ours("{\"mine\": \"inlay-\"}"));
  EXPECT_FALSE(files::is_ours("package,price\n"));
}

}  // namespace
}  // namespace inlay::report
