#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "full_document.hpp"
#include "inlay/base/error.hpp"

namespace inlay::schedule {
namespace {

/// The published schema, and what a document breaks of it.
class Published {
 public:
  Published() {
    std::ifstream file(SOURCE_DIR "/schemas/schedule.schema.json");
    const nlohmann::json text = nlohmann::json::parse(file);
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema_);
  }
  std::string complaint(const nlohmann::json& document) const {
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(document), &results)) {
      return "";
    }
    std::ostringstream text;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
      for (const std::string& part : error.context) {
        text << part;
      }
      text << ": " << error.description << '\n';
    }
    return text.str();
  }

 private:
  valijson::Schema schema_;
};

TEST(Schema, RandomDocumentsFollowIt) {
  const Published published;
  int documents = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    base::Random random(seed);
    try {
      const std::string text = write_document(testing::full_document(random));
      ASSERT_EQ(published.complaint(nlohmann::json::parse(text)), "") << "seed " << seed;
      ++documents;
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(documents, 30);
}

TEST(Schema, WorkedExampleFollowsItAndItBites) {
  const Published published;
  nlohmann::json json = nlohmann::json::parse(write_document(testing::worked_example_document()));
  EXPECT_EQ(published.complaint(json), "");
  nlohmann::json unknown_key = json;
  unknown_key["problem"]["scenario"]["models"][0]["model"]["layers"][1]["shape"]["q"] = 1;
  EXPECT_NE(published.complaint(unknown_key), "");
  nlohmann::json missing_key = json;
  missing_key["figures"][0]["pipelines"][0]["stages"][0].erase("first");
  EXPECT_NE(published.complaint(missing_key), "");
  nlohmann::json wrong_version = json;
  wrong_version["format_version"] = 2;
  EXPECT_NE(published.complaint(wrong_version), "");
}

}  // namespace
}  // namespace inlay::schedule
