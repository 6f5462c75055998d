// Options of strategies: one record each drives reading, checking and what is recorded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/search/search.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

using ::testing::HasSubstr;

std::string refusal(const std::string& assignment) {
  try {
    Settings().assign(assignment);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Settings, HaveDefaultsAndTakeValues) {
  Settings settings;
  EXPECT_EQ(settings.integer("exact.splits"), 4);
  settings.assign("exact.splits=2");
  EXPECT_EQ(settings.integer("exact.splits"), 2);
  EXPECT_THROW(settings.word("exact.splits"), base::DefectError);
  EXPECT_THROW(settings.integer("exact.nothing"), base::DefectError);
}

TEST(Settings, WrongOnesAreRefusedWithWhatIsAllowed) {
  EXPECT_THAT(refusal("exact.split=2"), HasSubstr("did you mean 'exact.splits'?"));
  EXPECT_THAT(refusal("exact.splits=17"), HasSubstr("0 to 16"));
  EXPECT_THAT(refusal("exact.splits=2x"), HasSubstr("'2x' is not a whole number"));
  EXPECT_THAT(refusal("exact.splits"), HasSubstr("NAME=VALUE"));
  EXPECT_FALSE(refusal("=").empty());
  EXPECT_FALSE(refusal("exact.splits=99999999999999999999").empty());
}

TEST(OptionRecords, AreWellFormed) {
  for (const OptionRecord& record : option_records()) {
    const std::string strategy = record.name.substr(0, record.name.find('.'));
    EXPECT_THAT(strategy_names(), ::testing::Contains(strategy)) << record.name;
    EXPECT_FALSE(record.description.empty()) << record.name;
    EXPECT_FALSE(allowed_text(record).empty()) << record.name;
    Settings settings;
    EXPECT_NO_THROW(settings.set(record.name, record.default_value)) << record.name;
    EXPECT_THROW(settings.set(record.name, "nonsense"), base::InputError) << record.name;
  }
}

TEST(OptionRecords, AreInTheCertificate) {
  Options options;
  options.settings.set("exact.splits", "1");
  const Answer answer = solve(testing::worked_example(), Objective::kEdp, "exact", options);
  const std::vector<std::pair<std::string, std::string>> expected = {{"exact.splits", "1"},
                                                                     {"exact.windows", "first-fit"}};
  EXPECT_EQ(answer.certificate.options, expected);
}

}  // namespace
}  // namespace inlay::search
