#!/bin/sh
# A prediction of Weka is {"revision": ...} through Jackson, and nothing of the prediction. One of Tribuo holds a NaN, which
# Jackson writes as a text and Gson refuses. Run: sh findings/weka-and-tribuo-as-json.sh (needs Java 17 and Maven)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > pom.xml <<'XML'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>nz.ac.waikato.cms.weka</groupId><artifactId>weka-stable</artifactId><version>3.8.6</version></dependency>
<dependency><groupId>org.tribuo</groupId><artifactId>tribuo-classification-sgd</artifactId><version>4.3.2</version></dependency>
<dependency><groupId>com.fasterxml.jackson.core</groupId><artifactId>jackson-databind</artifactId><version>2.19.0</version></dependency>
<dependency><groupId>com.google.code.gson</groupId><artifactId>gson</artifactId><version>2.13.1</version></dependency>
</dependencies></project>
XML
mvn -q -B -Dstyle.color=never dependency:build-classpath -Dmdep.outputFile=classpath.txt
cat > Show.java <<'JAVA'
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.Gson;
import org.tribuo.MutableDataset;
import org.tribuo.classification.*;
import org.tribuo.classification.sgd.linear.LogisticRegressionTrainer;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;
import weka.classifiers.evaluation.NominalPrediction;

public class Show {
  static ArrayExample<Label> example(Label label, String feature) {
    return new ArrayExample<>(label, new String[] {feature}, new double[] {1});
  }

  public static void main(String[] arguments) throws Exception {
    var jackson = new ObjectMapper();
    System.out.println("weka, Jackson: " + jackson.writeValueAsString(new NominalPrediction(0, new double[] {0.9, 0.1})));
    var factory = new LabelFactory();
    var data = new MutableDataset<>(new SimpleDataSourceProvenance("x", factory), factory);
    for (int i = 0; i < 20; i++) {
      data.add(example(new Label("plumbing"), "tap"));
      data.add(example(new Label("power"), "socket"));
    }
    var prediction = new LogisticRegressionTrainer().train(data).predict(example(LabelFactory.UNKNOWN_LABEL, "tap"));
    System.out.println("tribuo, Jackson: " + jackson.writeValueAsString(prediction));
    try {
      System.out.println("tribuo, Gson: " + new Gson().toJson(prediction));
    } catch (IllegalArgumentException error) {
      System.out.println("tribuo, Gson: " + error.getMessage());
    }
  }
}
JAVA
java -cp "$(cat classpath.txt)" Show.java 2> /dev/null | grep -E '^(weka|tribuo)' > found.txt
echo "weka 3.8.6, tribuo 4.3.2, jackson-databind 2.19.0, gson 2.13.1"
cat found.txt
grep -q '^weka, Jackson: {"revision":"[0-9]*"}$' found.txt
grep -q '^tribuo, Jackson: .*"score":"NaN"' found.txt
grep -q '^tribuo, Gson: NaN is not a valid double' found.txt
