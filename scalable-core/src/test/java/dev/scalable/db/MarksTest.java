package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is known of a replica by how far it has replayed the log. */
class MarksTest {

  private final Marks marks = new Marks();

  @Test
  void nothing_is_known_without_marks_or_before_the_first_of_them() {
    assertThat(marks.knownUntil(Long.MAX_VALUE)).isEmpty();
    marks.add(100, 50, "1");
    assertThat(marks.knownUntil(49)).isEmpty();
  }

  @Test
  void a_replica_knows_all_until_the_last_mark_that_it_has_reached() {
    marks.add(100, 50, "1");
    marks.add(200, 60, "1");
    marks.add(300, 70, "1");
    assertThat(marks.knownUntil(50)).hasValue(100);
    assertThat(marks.knownUntil(69)).hasValue(200);
    assertThat(marks.knownUntil(1_000)).as("more may have been written since, nobody knows when").hasValue(300);
  }

  @Test
  void while_the_primary_is_idle_a_replica_that_has_all_of_its_log_grows_no_older() {
    marks.add(100, 50, "1");
    marks.add(200, 50, "1");
    assertThat(marks.knownUntil(50)).hasValue(200);
    assertThat(marks.knownUntil(49)).isEmpty();
  }

  @Test
  void marks_on_another_branch_of_the_log_say_nothing() {
    marks.add(100, 50, "1");
    marks.add(200, 60, "2");
    assertThat(marks.knownUntil(55)).isEmpty();
    marks.add(300, 40, "2");
    assertThat(marks.knownUntil(39)).as("a log that has gone back").isEmpty();
    assertThat(marks.knownUntil(50)).hasValue(300);
  }

  @Test
  void as_many_are_kept_as_tell_of_the_last_quarter_of_an_hour() {
    for (int i = 0; i < 2_000; i++) {
      marks.add(i, i, "1");
    }
    assertThat(marks.knownUntil(999)).isEmpty();
    assertThat(marks.knownUntil(1_000)).hasValue(1_000);
  }
}
