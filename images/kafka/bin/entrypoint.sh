#!/bin/sh
# Starts a broker configured by the environment, as the official apache/kafka image does: KAFKA_* become properties
# (properties.sh), a mounted /mnt/shared/config/server.properties comes before them, CLUSTER_ID names the cluster,
# and KAFKA_HEAP_OPTS, KAFKA_JVM_PERFORMANCE_OPTS, KAFKA_LOG4J_OPTS, KAFKA_JMX_OPTS, KAFKA_OPTS go to the JVM.
set -eu
home=/opt/kafka
properties=$home/config/server.properties

if [ -e /mnt/shared/config/server.properties ]; then
    { cat /mnt/shared/config/server.properties; echo; $home/bin/properties.sh; } > $properties
else
    $home/bin/properties.sh > $properties
fi
[ -s $properties ] || cp $home/config/default.properties $properties

$home/bin/format.sh $properties

# shellcheck disable=SC2086 -- options are several words
exec java ${KAFKA_HEAP_OPTS:--Xms128m -Xmx1G} \
    ${KAFKA_JVM_PERFORMANCE_OPTS:--XX:+UseSerialGC -XX:TieredStopAtLevel=1} \
    -XX:SharedArchiveFile=$home/data/kafka.jsa -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off \
    ${KAFKA_LOG4J_OPTS:--Dlog4j2.configurationFile=$home/config/log4j2.properties} \
    -Djava.awt.headless=true ${KAFKA_JMX_OPTS:-} ${KAFKA_OPTS:-} @$home/classpath kafka.Kafka $properties
