#!/bin/sh
# Prints the broker properties that the environment asks for, exactly as kafka.docker.KafkaDockerWrapper would:
# KAFKA_A_B → a.b, KAFKA_A__B → a_b, KAFKA_A___B → a-b. In awk, for the wrapper costs a second of JVM.
exec awk 'BEGIN {
    split("VERSION HEAP_OPTS LOG4J_OPTS OPTS JMX_OPTS JVM_PERFORMANCE_OPTS GC_LOG_OPTS LOG4J_ROOT_LOGLEVEL " \
          "LOG4J_LOGGERS TOOLS_LOG4J_LOGLEVEL JMX_HOSTNAME", names, " ")
    for (i in names) not_properties["KAFKA_" names[i]]
    for (variable in ENVIRON) {
        if (variable !~ /^KAFKA_/ || variable in not_properties) continue
        property = tolower(substr(variable, 7))
        gsub(/_/, ".", property)
        gsub(/\.\.\./, "-", property)
        gsub(/\.\./, "_", property)
        print property "=" ENVIRON[variable]
    }
}'
