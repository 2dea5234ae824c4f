package dev.scalable.testkit.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.NodeLog;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** Appends what one start of a container prints to the log of its node. */
final class ContainerOutput extends ResultCallback.Adapter<Frame> {
  private static final long END_SECONDS = 5;

  private final OutputStream file;

  private ContainerOutput(OutputStream file) {
    this.file = file;
  }

  static ContainerOutput to(NodeLog log) {
    try {
      return new ContainerOutput(
          Files.newOutputStream(log.path(), StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + log.path(), e);
    }
  }

  @Override
  public void onNext(Frame frame) {
    try {
      file.write(frame.getPayload());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the folder is gone: so is the run
    }
  }

  /** Returns when all is in the file, soon after the container has ended. */
  void awaitEnd() {
    try {
      awaitCompletion(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }

  /** Called when the container has ended, too. */
  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      super.close();
    }
  }
}
