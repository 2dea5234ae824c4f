package dev.scalable.consumers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** A settings.xml of Maven, with more in it. */
final class MavenSettings {

  private final Document document;

  /** Those of a file; empty ones if there is none. */
  MavenSettings(Path file) throws IOException {
    try {
      DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      if (Files.exists(file)) {
        document = builder.parse(file.toFile());
      } else {
        document = builder.newDocument();
        document.appendChild(document.createElement("settings"));
      }
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(file + " cannot be read as Maven's settings: " + e.getMessage(), e);
    }
  }

  /**
   * Has releases and plugins looked for in a folder before anywhere else, which is only read. Settings that send all
   * repositories to a mirror send this one there, too.
   */
  MavenSettings withRepository(String id, Path folder) {
    Element profile = add(part("profiles"), "profile");
    add(profile, "id").setTextContent(id);
    describe(add(add(profile, "repositories"), "repository"), id, folder);
    describe(add(add(profile, "pluginRepositories"), "pluginRepository"), id, folder);
    add(part("activeProfiles"), "activeProfile").setTextContent(id);
    return this;
  }

  private void describe(Element repository, String id, Path folder) {
    add(repository, "id").setTextContent(id);
    add(repository, "url").setTextContent(folder.toUri().toString());
    add(add(repository, "snapshots"), "enabled").setTextContent("false");
  }

  /** The part of this name, which is made if there is none. */
  private Element part(String name) {
    for (Node node = document.getDocumentElement().getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        return element;
      }
    }
    return add(document.getDocumentElement(), name);
  }

  private Element add(Element parent, String name) {
    Element element = document.createElement(name);
    parent.appendChild(element);
    return element;
  }

  void write(Path file) throws IOException {
    try {
      TransformerFactory.newInstance().newTransformer()
          .transform(new DOMSource(document), new StreamResult(file.toFile()));
    } catch (TransformerException e) {
      throw new IOException(file + " cannot be written: " + e.getMessage(), e);
    }
  }
}
