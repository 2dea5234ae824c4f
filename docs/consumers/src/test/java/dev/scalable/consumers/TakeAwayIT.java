package dev.scalable.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script refuses what would not become a service, says why, and leaves everything as it was. */
class TakeAwayIT {

  @TempDir
  private Path temp;

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      --package shop                                      | in two parts or more
      --package com.acme.Shop                             | in two parts or more
      --package com.acme.class                            | a word of the Java language
      --package com..acme                                 | in two parts or more
      --package com.acme/shop                             | in two parts or more
      --package dev.scalable.shop                         | where the library is
      --package com.acme.shop --group a..b                | --group a..b is none
      --package com.acme.shop --artifact Shop             | --artifact Shop is none
      --package com.acme.shop --artifact scalable-shop    | names that begin with scalable are the library's
      --package                                           | needs a value
      --group com.acme                                    | --package is missing
      --package com.acme.shop --artefact shop             | There is no option --artefact
      """)
  void wrong_names_are_refused(String arguments, String told) throws Exception {
    Path folder = temp.resolve("taken");
    Command takeAway = Taken.takeAway((folder + " " + arguments).split(" "));

    assertThat(takeAway.output()).contains(told, "Nothing was copied");
    assertThat(takeAway.exitCode()).isEqualTo(64);
    assertThat(folder).doesNotExist();
  }

  @Test
  void a_folder_that_has_something_is_left_alone() throws Exception {
    Path mine = Files.writeString(temp.resolve("mine.txt"), "mine");

    Command takeAway = Taken.takeAway(temp.toString(), "--package", Taken.PACKAGE);

    assertThat(takeAway.output()).contains("not an empty folder");
    assertThat(takeAway.exitCode()).isEqualTo(64);
    assertThat(temp).isDirectoryContaining("glob:**mine.txt");
    assertThat(mine).hasContent("mine");
    try (var files = Files.list(temp)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void names_are_those_that_were_asked_for() throws Exception {
    Path folder = temp.resolve("with space").resolve("taken");

    Command takeAway = Taken.takeAway(folder.toString(),
        "--package", "org.example.big_sale", "--group", "org.example.sales", "--artifact", "the-sale");

    assertThat(takeAway.exitCode()).as(takeAway.told()).isZero();
    assertThat(folder.resolve("pom.xml")).content()
        .contains("  <groupId>org.example.sales</groupId>\n  <artifactId>the-sale</artifactId>")
        .contains("<name>The sale</name>");
    assertThat(folder.resolve("src/main/java/org/example/big_sale/Main.java")).content()
        .startsWith("package org.example.big_sale;");
    assertThat(folder.resolve("src/main/java/org/example/big_sale/Migrate.java")).content()
        .contains("\"THE_SALE_SAMPLE_PRODUCTS\"");
    assertThat(folder.resolve("run")).isExecutable();
  }

  @Test
  void what_makes_an_image_and_brings_it_up_comes_along_and_nothing_secret() throws Exception {
    Path folder = temp.resolve("taken");

    Command takeAway = Taken.takeAway(folder.toString(), "--package", Taken.PACKAGE);

    assertThat(takeAway.exitCode()).as(takeAway.told()).isZero();
    assertThat(folder.resolve("docker/Dockerfile")).content().contains("ARG APP=.\n", "ARG TEMPLATES=docker\n");
    assertThat(folder.resolve("compose/compose.yaml")).content()
        .contains("image: ${APP_IMAGE:-shop}", "SHOP_MERCHANT_TOKEN_FILE:", "com.acme.shop.Migrate");
    assertThat(folder.resolve("compose/rolling-restart")).isExecutable();
    assertThat(folder.resolve("nginx/nginx.conf")).exists();
    assertThat(folder.resolve("compose/secrets")).doesNotExist();
    assertThat(folder.resolve("compose/.env")).doesNotExist();
  }
}
