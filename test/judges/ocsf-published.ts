// What the Open Cybersecurity Schema Framework 1.5.0 says of a Compliance Finding with the profile `cloud`: every attribute that it
// requires, and those that Bastide writes. Read on 28 November 2026 from github.com/ocsf/ocsf-schema at the tag 1.5.0
// (78bf68a24b38c0d6441ddd13b9028c1b1eb53f07: events/findings, objects, profiles/cloud.json, dictionary.json; Apache-2.0).
import type { OcsfAttribute, OcsfSchema } from './ocsf-schema.ts';

const may = (type: string, ids?: readonly number[]): OcsfAttribute => ({
  ...{ type, isList: false, isRequired: false },
  ...(ids === undefined ? {} : { ids }),
});
const must = (type: string, ids?: readonly number[]): OcsfAttribute => ({ ...may(type, ids), isRequired: true });
const list = (type: string): OcsfAttribute => ({ ...may(type), isList: true });
const entity = ['name', 'uid'];

export const publishedOcsf: OcsfSchema = {
  classUid: 2003,
  categoryUid: 2,
  event: {
    atLeastOne: [],
    attributes: {
      activity_id: must('number', [0, 1, 2, 3, 99]),
      activity_name: may('string'),
      category_uid: must('number'),
      category_name: may('string'),
      class_uid: must('number'),
      class_name: may('string'),
      type_uid: must('number'),
      type_name: may('string'),
      time: must('number'),
      // Unknown, Informational, Low, Medium, High, Critical, Fatal, Other.
      severity_id: must('number', [0, 1, 2, 3, 4, 5, 6, 99]),
      severity: may('string'),
      // Unknown, New, In Progress, Suppressed, Resolved, Archived, Other.
      status_id: may('number', [0, 1, 2, 3, 4, 5, 99]),
      status: may('string'),
      message: may('string'),
      comment: may('string'),
      metadata: must('metadata'),
      cloud: must('cloud'),
      compliance: must('compliance'),
      finding_info: must('finding_info'),
      resources: list('resource_details'),
      remediation: may('remediation'),
      unmapped: may('object'),
    },
  },
  objects: {
    metadata: {
      atLeastOne: [],
      attributes: {
        version: must('string'),
        product: must('product'),
        profiles: list('string'),
        event_code: may('string'),
        log_name: may('string'),
      },
    },
    product: {
      atLeastOne: entity,
      attributes: {
        name: may('string'),
        uid: may('string'),
        vendor_name: may('string'),
        version: may('string'),
        url_string: may('string'),
      },
    },
    cloud: { atLeastOne: [], attributes: { provider: must('string'), account: may('account') } },
    account: {
      atLeastOne: entity,
      attributes: {
        name: may('string'),
        uid: may('string'),
        type: may('string'),
        // 13 Azure Subscription.
        type_id: may('number', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 99]),
      },
    },
    compliance: {
      atLeastOne: [],
      attributes: {
        control: may('string'),
        desc: may('string'),
        requirements: list('string'),
        standards: list('string'),
        // Unknown, Pass, Warning, Fail, Other.
        status_id: may('number', [0, 1, 2, 3, 99]),
        status: may('string'),
      },
    },
    finding_info: {
      atLeastOne: [],
      attributes: {
        uid: must('string'),
        title: may('string'),
        desc: may('string'),
        types: list('string'),
        analytic: may('analytic'),
        src_url: may('string'),
      },
    },
    analytic: {
      atLeastOne: entity,
      attributes: {
        name: may('string'),
        uid: may('string'),
        type: may('string'),
        // 1 Rule.
        type_id: must('number', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99]),
        version: may('string'),
      },
    },
    resource_details: {
      atLeastOne: entity,
      attributes: { uid: may('string'), name: may('string'), type: may('string') },
    },
    remediation: { atLeastOne: [], attributes: { desc: must('string'), references: list('string') } },
  },
};
