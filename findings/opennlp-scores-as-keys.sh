#!/bin/sh
# OpenNLP's sortedScoreMap is a map from score to labels. Through Jackson it is a JSON object whose keys are other numbers
# for every text. Run: sh findings/opennlp-scores-as-keys.sh (needs Java 17 and Maven)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > pom.xml <<'XML'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.opennlp</groupId><artifactId>opennlp-tools</artifactId><version>2.5.4</version></dependency>
<dependency><groupId>com.fasterxml.jackson.core</groupId><artifactId>jackson-databind</artifactId><version>2.19.0</version></dependency>
</dependencies></project>
XML
mvn -q -B -Dstyle.color=never dependency:build-classpath -Dmdep.outputFile=classpath.txt
cat > Show.java <<'JAVA'
import java.util.*;
import opennlp.tools.doccat.*;
import opennlp.tools.util.*;

public class Show {
  public static void main(String[] arguments) throws Exception {
    var samples = new ArrayList<DocumentSample>();
    for (int i = 0; i < 20; i++) {
      samples.add(new DocumentSample("plumbing", new String[] {"tap", "drips", "pipe"}));
      samples.add(new DocumentSample("power", new String[] {"socket", "dead", "light"}));
    }
    var parameters = TrainingParameters.defaultParams();
    var model = DocumentCategorizerME.train(
        "en", ObjectStreamUtils.createObjectStream(samples), parameters, new DoccatFactory());
    var categorizer = new DocumentCategorizerME(model);
    var json = new com.fasterxml.jackson.databind.ObjectMapper();
    for (var text : new String[][] {{"tap", "drips"}, {"tap"}}) {
      System.out.println(json.writeValueAsString(categorizer.sortedScoreMap(text)));
    }
  }
}
JAVA
java -cp "$(cat classpath.txt)" Show.java 2> /dev/null | grep '^{' > found.txt
echo "opennlp-tools 2.5.4, jackson-databind 2.19.0, two texts:"
cat found.txt
test "$(grep -c '^{"0\.[0-9]*":\["power"\],"0\.[0-9]*":\["plumbing"\]}$' found.txt)" = 2
test "$(sort -u found.txt | wc -l)" = 2
