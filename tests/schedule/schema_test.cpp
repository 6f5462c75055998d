#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "full_document.hpp"
#include "inlay/base/error.hpp"
#include "support/published_schema.hpp"

namespace inlay::schedule {
namespace {

std::string complaint(const nlohmann::json& document) {
  return testing::complaint("schedule.schema.json", document);
}

TEST(Schema, RandomDocumentsFollowIt) {
  int documents = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    base::Random random(seed);
    try {
      const std::string text = write_document(testing::full_document(random));
      ASSERT_EQ(complaint(nlohmann::json::parse(text)), "") << "seed " << seed;
      ++documents;
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(documents, 30);
}

TEST(Schema, WorkedExampleFollowsItAndItBites) {
  nlohmann::json json = nlohmann::json::parse(write_document(testing::worked_example_document()));
  EXPECT_EQ(complaint(json), "");
  nlohmann::json unknown_key = json;
  unknown_key["problem"]["scenario"]["models"][0]["model"]["layers"][1]["shape"]["q"] = 1;
  EXPECT_NE(complaint(unknown_key), "");
  nlohmann::json missing_key = json;
  missing_key["figures"][0]["pipelines"][0]["stages"][0].erase("first");
  EXPECT_NE(complaint(missing_key), "");
  nlohmann::json wrong_version = json;
  wrong_version["format_version"] = 3;
  EXPECT_NE(complaint(wrong_version), "");
}

}  // namespace
}  // namespace inlay::schedule
