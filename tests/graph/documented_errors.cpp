// SPDX-License-Identifier: BSL-1.0
/// docs/errors.md has a paragraph for every sentence with which a header refuses something.
#include "support/catch.hpp"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Letters and digits only: a page wraps lines and quotes as it likes.
std::string plain(const std::string& text) {
    std::string result;
    for (char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) result += c;
    }
    return result;
}

/// The string literals after `keyword`, adjacent ones put together, that begin with "chainrule: ".
std::vector<std::string> sentences_after(const std::string& keyword, const std::string& source) {
    std::vector<std::string> result;
    for (std::size_t at = source.find(keyword); at != source.npos;
         at = source.find(keyword, at + 1)) {
        std::size_t quote = source.find("\"chainrule: ", at);
        if (quote == source.npos || source.substr(at, quote - at).find(';') != std::string::npos)
            continue;
        std::string sentence;
        while (quote < source.size() && source[quote] == '"') {
            for (++quote; source[quote] != '"'; ++quote) {
                if (source[quote] == '\\') ++quote;
                sentence += source[quote];
            }
            ++quote;
            while (std::isspace(static_cast<unsigned char>(source[quote])) != 0) ++quote;
        }
        result.push_back(sentence);
    }
    return result;
}

}  // namespace

TEST_CASE("every refusal is explained in docs/errors.md") {
    const fs::path root = CHAINRULE_SOURCE_DIRECTORY;
    const std::string page = plain(read(root / "docs" / "errors.md"));
    int sentences = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root / "include")) {
        if (entry.path().extension() != ".hpp") continue;
        const std::string source = read(entry.path());
        for (const char* keyword : {"static_assert(", "throw \""}) {
            for (const std::string& sentence : sentences_after(keyword, source)) {
                ++sentences;
                INFO(entry.path().filename() << ": " << sentence);
                CHECK(page.find(plain(sentence)) != std::string::npos);
            }
        }
    }
    CHECK(sentences > 20);
}

TEST_CASE("the search for sentences finds what it should") {
    const auto found = sentences_after("static_assert(",
                                       "static_assert(a < b,\n  \"chainrule: one \"\n \"two\"); "
                                       "static_assert(c); f(\"chainrule: no\");");
    CHECK(found == std::vector<std::string>{"chainrule: one two"});
}
